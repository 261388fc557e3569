import LossKit
import TestSupport
import Testing

/// A whole objective in both precisions, and against central differences.
struct PrecisionTests {
  /// Two stages: one on a map of 3 × 4 cells with 2 priors each, one on 7 and 10 proposals.
  static func objective() throws -> (DetectionObjective, DetectionBatch) {
    let first = Scene(priors: [24, 24], classes: 3, seed: 31)
    var second = Scene(priors: [7, 10], classes: 3, seed: 32)
    second.labels = first.labels
    second.matches = second.matches.enumerated().map { image, matches in
      matches.map { min($0, Int32(first.labels[image].count) - 1) }
    }
    let stages = [
      try first.stage(
        "rpn", priorsPerCell: [2],
        [
          try .of(
            "rpn_cls", layout: "n (c a) h w", target: .objectness,
            try SoftmaxCrossEntropyLoss(["label_smoothing": 0.1]), Normalizer(.sampled)),
          try .of(
            "rpn_box", layout: "n (a c) h w", target: .box, try SmoothL1Loss(["sigma": 3]),
            Normalizer(.cells, per: .image), weight: 10, insideWeights: [1, 1, 0.5, 0.5],
            outsideWeights: [1, 2, 1, 2]),
        ]),
      try second.stage(
        "rcnn",
        [
          try .of(
            "cls", layout: "r c", target: .class,
            try SoftmaxCrossEntropyLoss(["class_weights": [0.5, 1, 2, 3]]),
            Normalizer(.weights)),
          try .of(
            "one_vs_all", layout: "r c", target: .class,
            try BCEWithLogitsLoss(["pos_weight": 2]), Normalizer(.positives, floor: 1)),
          try .of(
            "box", layout: "r (k c)", target: .box, try HuberLoss(["delta": 0.75]),
            Normalizer(.sampled, per: .image), weight: 2),
          try .of(
            "decoded", layout: "r (k c)", target: .decodedBox, try GIoULoss(),
            Normalizer(.positives), weight: 2),
        ]),
    ]
    return (try DetectionObjective(name: "both", stages: stages), second.batch)
  }

  static func predictions() throws -> [String: Tensor<Double>] {
    [
      "rpn_cls": try randomTensor([2, 4, 3, 4], seed: 1),
      "rpn_box": try randomTensor([2, 8, 3, 4], seed: 2),
      "cls": try randomTensor([17, 4], seed: 3),
      "one_vs_all": try randomTensor([17, 3], seed: 4),
      "box": try randomTensor([17, 16], seed: 5),
      "decoded": try randomTensor([17, 16], in: 0.5, seed: 6),
    ]
  }

  @Test func `Float agrees with Double`() throws {
    let (objective, batch) = try Self.objective()
    let doubles = try Self.predictions()
    let targets = try objective.targets(for: batch, predictions: doubles)
    let exact = try objective.evaluate(doubles, against: targets)
    let single = try objective.evaluate(
      doubles.mapValues { $0.map { Float($0) } }, against: targets)
    #expect(exact.terms.count == 6)
    for (found, expected) in zip(single.terms, exact.terms) {
      #expect(expected.value > 0)
      #expect(agree(found.value, expected.value, 1e-5), "\(expected.name)")
      #expect(agree(found.gradientNorm ?? 0, expected.gradientNorm ?? 1, 1e-5))
    }
    for (name, gradient) in exact.gradients {
      let largest = gradient.elements.map(abs).max() ?? 0
      let found = try #require(single.gradients[name])
      #expect(
        zip(found.elements, gradient.elements).allSatisfy {
          abs(Double($0) - $1) <= 1e-5 * largest
        }, "\(name)")
    }
  }

  @Test(arguments: ["rpn_cls", "rpn_box", "cls", "one_vs_all", "box", "decoded"])
  func `gradients are central differences of the total`(name: String) throws {
    let (objective, batch) = try Self.objective()
    var predictions = try Self.predictions()
    let targets = try objective.targets(for: batch, predictions: predictions)
    let gradient = try #require(
      try objective.evaluate(predictions, against: targets).gradients[name])
    let largest = gradient.elements.map(abs).max() ?? 0
    #expect(largest > 0.01)
    let original = try #require(predictions[name])
    let step = 1e-5
    var random = SeededGenerator(seed: 77)
    for _ in 0..<40 {
      let entry = Int.random(in: 0..<original.count, using: &random)
      let totals = try [step, -step].map { step in
        var moved = original
        moved.withMutableElements { $0[entry] += step }
        predictions[name] = moved
        return try objective.evaluate(predictions, against: targets, gradients: false).total
      }
      let difference = (totals[0] - totals[1]) / (2 * step)
      #expect(
        abs(difference - gradient.elements[entry]) <= 1e-6 * largest, "element \(entry)")
    }
  }

  @Test func `a gradient's norm is that of the term alone`() throws {
    let (objective, batch) = try Self.objective()
    let predictions = try Self.predictions()
    let targets = try objective.targets(for: batch, predictions: predictions)
    let result = try objective.evaluate(predictions, against: targets)
    for term in result.terms {
      let gradient = try #require(result.gradients[term.name])
      let norm = gradient.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(norm > 0)
      #expect(agree(term.gradientNorm ?? 0, norm))
    }
  }

  @Test func `also where two terms read one tensor`() throws {
    let scene = Scene(priors: [9, 6], classes: 2, seed: 2)
    let terms = try [L1Loss() as any Loss, L2Loss()].enumerated().map { index, loss in
      Term(
        name: "\(index)", predictions: ["x"], layout: try Layout("r c"), target: .box,
        loss: loss, normalizer: Normalizer(.positives), weight: 3)
    }
    let predictions = ["x": try randomTensor([15, 4], seed: 3)]
    let both = try scene.evaluate(terms, predictions)
    for (index, term) in terms.enumerated() {
      let alone = try #require(try scene.evaluate([term], predictions).gradients["x"])
      let norm = alone.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(agree(both.terms[index].gradientNorm ?? 0, norm))
    }
  }
}
