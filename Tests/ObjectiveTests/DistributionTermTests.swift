import LossKit
import TestSupport
import Testing

/// Terms whose rows are four distributions, each compared with a number of the coder.
struct DistributionTermTests {
  private let scene = Scene(priors: [9, 60], classes: 2, seed: 61)

  private func objective(
    bins: Int, _ terms: [Term]
  ) throws -> DetectionObjective {
    try DetectionObjective(
      name: "test",
      stages: [
        Stage(
          name: "stage", priors: NumberedPriors(priorsPerCell: nil),
          assigner: ScriptedAssigner(matches: scene.matches), sampler: try AllSampler(),
          coder: try DistanceBoxCoder(["bins": .integer(bins), "normalize": true]), terms: terms)
      ])
  }

  private func distribution(
    _ layout: String = "r c", _ normalizer: Normalizer = Normalizer(.constant(1)),
    rowWeight: (any RowWeight)? = nil
  ) throws -> Term {
    Term(
      name: "dfl", predictions: ["box"], layout: try Layout(layout),
      target: try DistributionTarget(), loss: try DistributionFocalLoss(), normalizer: normalizer,
      rowWeight: rowWeight)
  }

  /// Each side of a prior by itself, the mean of the four, times the weight of the prior.
  @Test(arguments: [2, 8, 17], ["r c", "c r"])
  func `a prior costs the mean of its sides`(bins: Int, layout: String) throws {
    let prediction = try randomTensor([69, 4 * bins], seed: 62)
    let rows = prediction.elements
    var stored = prediction
    if layout == "c r" {
      stored = try Tensor(
        shape: [4 * bins, 69],
        elements: (0..<4 * bins).flatMap { column in (0..<69).map { rows[$0 * 4 * bins + column] } }
      )
    }
    let objective = try objective(
      bins: bins, [try distribution(layout, rowWeight: NumberedWeight(scope: .positives))])
    let targets = try objective.targets(for: scene.batch, predictions: ["box": stored])
    let result = try objective.evaluate(["box": stored], against: targets)
    let gradient = try #require(result.gradients["box"])
    var value = 0.0
    var positives = 0
    for (image, matches) in scene.matches.enumerated() {
      for (prior, match) in matches.enumerated() {
        let row = image * 9 + prior
        let found = (0..<4 * bins).map {
          layout == "c r"
            ? gradient.elements[$0 * 69 + row] : gradient.elements[row * 4 * bins + $0]
        }
        guard match >= 0 else {
          #expect(found.allSatisfy { $0 == 0 })
          continue
        }
        positives += 1
        let numbers = try DistanceBoxCoder(["normalize": true]).encode(
          Scene.box(ofGroundTruth: Int(match)), relativeTo: Scene.box(ofPrior: prior))
        let sides = try DistributionFocalLoss().evaluate(
          try Tensor(
            shape: [4, bins], elements: Array(rows[row * 4 * bins..<(row + 1) * 4 * bins])),
          targets: .dense(Tensor((0..<4).map { Double(numbers[$0]) })))
        value += Double(prior + 1) * sides.value
        let expected = try #require(sides.gradient).elements.map { Double(prior + 1) * $0 }
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-13 * Double(prior + 1) })
      }
    }
    #expect(positives > 20)
    #expect(agree(result.terms[0].value, value))
    let check = try ObjectiveGradientCheck(
      objective, predictions: ["box": stored], against: targets)
    #expect(check.isRight)
  }

  /// GFL: boxes and distributions of one tensor, weighed by the largest score and divided by its sum.
  @Test func `a whole head of distributions`() throws {
    let weight = try LargestScoreWeight()
    let normalizer = Normalizer(.rowWeight(weight), floor: 1)
    let terms = [
      try Term.of(
        "cls", layout: "r c", target: try ClassQualityTarget(["measure": "iou"]),
        try QualityFocalLoss(), Normalizer(.positives)),
      try Term.of(
        "box", layout: "r c", target: .decodedBox, try GIoULoss(), normalizer, rowWeight: weight),
      try distribution("r c", normalizer, rowWeight: weight),
    ]
    let objective = try objective(bins: 17, terms)
    let predictions = [
      "cls": try randomTensor([69, 2], seed: 63), "box": try randomTensor([69, 68], seed: 64),
    ]
    let targets = try objective.targets(for: scene.batch, predictions: predictions)
    #expect(
      try ObjectiveGradientCheck(objective, predictions: predictions, against: targets).isRight)
    let result = try objective.evaluate(predictions, against: targets)
    #expect(result.terms[1].divisors == result.terms[2].divisors)
    #expect(result.terms[2].divisors[0] > 1)
    let floats = predictions.mapValues { $0.map { Float($0) } }
    let one = try objective.evaluate(floats, against: targets, workers: Workers(1))
    for count in [2, 3] {
      let other = try objective.evaluate(floats, against: targets, workers: Workers(count))
      #expect(other.gradients == one.gradients && other.total.bitPattern == one.total.bitPattern)
    }
    #expect(abs(one.total - result.total) < 1e-5 * result.total)
  }

  @Test func `a coder without bins, and other losses, are refused`() throws {
    #expect(
      complaint { try objective(bins: 1, [try distribution()]) }
        == "stage stage, term dfl, target: compares distributions, but of \"distances\" a row has 4 "
        + "numbers; give the coder 2 bins or more")
    let cases: [(Term, String)] = [
      (
        try .of("x", layout: "r c", target: try DistributionTarget(), try L1Loss()),
        "loss: \"l1\" doesn't compare a distribution with a number; a distribution target needs a loss "
          + "that does, such as distribution_focal"
      ),
      (
        try .of("x", layout: "r c", target: .class, try DistributionFocalLoss()),
        "target: \"distribution_focal\" compares distributions with numbers; expected distribution"
      ),
    ]
    for (term, problem) in cases {
      #expect(
        complaint { try objective(bins: 5, [term]) } == "stage stage, term x, " + problem)
    }
  }
}
