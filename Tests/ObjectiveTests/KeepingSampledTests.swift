import LossKit
import Testing

/// Targets of the sampled priors alone, for a head that runs on nothing else.
struct KeepingSampledTests {
  let scene = Scene(priors: [30, 25], classes: 3, seed: 8)

  private func objective() throws -> DetectionObjective {
    try scene.objective(
      sampler: try RandomSampler(["count": 4, "positive_fraction": 0.5]),
      [
        try .of(
          "cls", layout: "r c", target: .class, try SoftmaxCrossEntropyLoss(),
          Normalizer(.sampled)),
        try .of(
          "box", layout: "r (k c)", target: .box, try SmoothL1Loss(),
          Normalizer(.sampled, per: .image)),
      ])
  }

  @Test func `the losses are those of the sampled rows`() throws {
    let objective = try objective()
    let targets = try objective.targets(ofStage: "stage", for: scene.batch)
    let kept = targets.keepingSampled()
    #expect(kept.images.map(\.priors.count) == [4, 4])
    let rows =
      targets.images[0].sampled + targets.images[1].sampled.map { $0 + 30 }
    let all = [
      "cls": try randomTensor([55, 4], seed: 1), "box": try randomTensor([55, 16], seed: 2),
    ]
    let expected = try objective.evaluate(all, against: [targets])
    let found = try objective.evaluate(
      try all.mapValues { try Self.rows(rows, of: $0) }, against: [kept])

    #expect(found.terms.map(\.value) == expected.terms.map(\.value))
    #expect(found.terms.map(\.positives) == [4, 4])
    #expect(found.terms.map(\.negatives) == [4, 4])
    #expect(found.terms.map(\.ignored) == [0, 0])
    #expect(expected.terms.map(\.ignored) == [47, 47])
    for (name, gradient) in expected.gradients {
      #expect(gradient.elements.contains { $0 != 0 })
      #expect(try found.gradients[name] == Self.rows(rows, of: gradient))
    }
  }

  @Test func `keeping them twice changes nothing`() throws {
    let once = try objective().targets(ofStage: "stage", for: scene.batch).keepingSampled()
    let twice = once.keepingSampled()
    for (left, right) in zip(once.images, twice.images) {
      #expect(left.priors == right.priors)
      #expect(left.assignment == right.assignment)
      #expect(left.sampled == right.sampled && left.classes == right.classes)
      #expect(left.positives == right.positives && left.boxTargets == right.boxTargets)
    }
  }

  @Test func `they don't lie on feature maps any more`() throws {
    let scene = Scene(matches: [[0, -1, -2, -1, -1, 0]], labels: [[1]])
    let objective = try scene.objective(
      priorsPerCell: [1], [try .of("x", layout: "n h w", target: .objectness, try L1Loss())])
    let targets = try objective.targets(
      ofStage: "stage", for: scene.batch, featureMaps: [FeatureMap(height: 2, width: 3)])
    let prediction = try Tensor(repeating: 0.0, shape: [1, 2, 3])
    #expect(
      complaint {
        try objective.evaluate(["x": prediction], against: [targets.keepingSampled()])
      }
        == "stage stage, term x: feature maps [] have room for 0 priors an image, but there are [5]; "
        + "use r for sampled priors alone")
  }

  private static func rows(_ rows: [Int], of tensor: Tensor<Double>) throws -> Tensor<Double> {
    let width = tensor.shape[1]
    return try Tensor(
      shape: [rows.count, width],
      elements: rows.flatMap { tensor.elements[$0 * width..<($0 + 1) * width] })
  }
}
