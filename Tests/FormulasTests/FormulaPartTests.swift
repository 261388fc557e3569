import LossKit
import TestSupport
import Testing

/// Formulas as row weights, match costs and alignment metrics, against the parts of the library that say the same.
@Suite struct FormulaPartTests {
  private static let priors = Priors(
    [Box(0, 0, 10, 10), Box(5, 5, 20, 25), Box(30, 30, 50, 40), Box(0, 20, 12, 40)])
  private static let groundTruth = GroundTruth(
    boxes: [Box(1, 1, 11, 12), Box(28, 29, 49, 42)], labels: [2, 1])
  private static let predictions = StagePredictions(
    scores: [0.1, 0.7, 0.3, 0.2, 0.6, 0.05, 0.5, 0.4],
    boxes: [Box(0, 1, 10, 12), Box(4, 4, 18, 22), Box(29, 30, 48, 41), Box(1, 19, 13, 38)])

  private static func request(_ costs: [WeightedMatchCost] = []) -> AssignmentRequest {
    AssignmentRequest(
      priors: priors, groundTruth: groundTruth, imageSize: ImageSize(height: 64, width: 64),
      predictions: predictions, costs: costs, wants: [.quality])
  }

  private static func matched(quality: [Float] = [0.8, 0, 0.4, 0]) throws -> MatchedPriors {
    let coder = try Registry.builtIn().coder("delta_xywh", [:])
    return try MatchedPriors(
      priors, groundTruth,
      Assignment(matches: [0, -1, 1, -1], overlaps: [0.9, 0.1, 0.7, 0], quality: quality),
      Sample(positives: [0, 2], negatives: [1, 3]), coder: coder
    ).reading(predictions)
  }

  @Test(arguments: [
    ("iou", "iou"), ("centerness", "centerness"), ("quality", "quality"),
    ("max_score", "max_score"),
  ])
  func aNameIsTheWeightOfTheName(text: String, weight: String) throws {
    let registry = try Registry.builtIn()
    let image = try Self.matched()
    let written = try registry.rowWeight("formula", ["value": .string(text)])
    let compiled = try registry.rowWeight(weight, [:])
    #expect(try written.weights(for: image) == compiled.weights(for: image))
    #expect(written.reads == compiled.reads)
    #expect(written.scope == compiled.scope)
  }

  @Test func weightsAreComputed() throws {
    let written = try Registry.builtIn().rowWeight(
      "formula",
      [
        "constants": ["power": 2], "let": ["s": "score^power"],
        "value": "s * overlap + distance / 100",
      ])
    let weights = try written.weights(for: Self.matched())
    let (first, second): (Float, Float) = (
      0.7 * 0.7 * 0.9 + (Float(1 * 1) + 1.5 * 1.5).squareRoot() / 100,
      0.6 * 0.6 * 0.7 + (Float(1.5 * 1.5) + 0.5 * 0.5).squareRoot() / 100
    )
    #expect(abs(weights[0] - first) < 1e-6)
    #expect(abs(weights[1] - second) < 1e-6)
    #expect(written.reads == [.scores, .overlaps])
    #expect(
      try Registry.builtIn().rowWeight("formula", ["value": 0.5]).weights(for: Self.matched()) == [
        0.5, 0.5,
      ])
  }

  @Test func aWeightThatIsNotANumberIsRefused() throws {
    let written = try Registry.builtIn().rowWeight("formula", ["value": "log(quality - 0.5)"])
    let error = try #require(throws: InputError.self) { try written.weights(for: Self.matched()) }
    #expect("\(error)".contains("log(quality - 0.5) is"))
    #expect("\(error)".contains("prior 2"))
  }

  @Test(arguments: [
    ("iou", "-iou"), ("giou", "-giou"), ("l1", "l1"), ("classification", "-score"),
    (
      "focal",
      "-log(score + 1e-12) * 0.25 * (1 - score)^2 - -log(1 - score + 1e-12) * 0.75 * score^2"
    ),
  ])
  func costsAreThoseOfTheLibrary(cost: String, text: String) throws {
    let registry = try Registry.builtIn()
    let written = try registry.cost("formula", ["value": .string(text)])
    let compiled = try registry.cost(cost, [:])
    #expect(written.reads == compiled.reads)
    for object in 0..<2 {
      let found = try written.costs(of: [0, 1, 2, 3], with: object, in: Self.request())
      let expected = try compiled.costs(of: [0, 1, 2, 3], with: object, in: Self.request())
      for (one, other) in zip(found, expected) { #expect(abs(one - other) < 1e-6) }
    }
  }

  @Test func aCostThatIsNotANumberNamesPriorAndObject() throws {
    let cost = try Registry.builtIn().cost("formula", ["value": "1 / (score - score)"])
    let error = try #require(throws: InputError.self) {
      try cost.costs(of: [1, 2], with: 1, in: Self.request())
    }
    #expect("\(error)".contains("prior 1 and ground truth 1"))
  }

  @Test func theMetricOfTheAlignedAssigner() throws {
    let registry = try Registry.builtIn()
    let usual = try registry.assigner("task_aligned", ["top_k": 2])
    let written = try registry.assigner(
      "task_aligned", ["top_k": 2, "metric": "pow(score, alpha) * pow(overlap, beta)"])
    let expected = try usual.assign(Self.request())
    #expect(try written.assign(Self.request()) == expected)
    #expect(expected.matches.contains(0) && expected.quality.contains { $0 > 0 })
    let other = try registry.assigner("task_aligned", ["metric": "0 * score"])
    #expect(try other.assign(Self.request()).matches.allSatisfy { $0 < 0 })
    #expect(throws: ParameterErrors.self) {
      try registry.assigner("task_aligned", ["metric": "score * iou"])
    }
    let undefined = try registry.assigner("task_aligned", ["metric": "log(score - 2)"])
    let error = try #require(throws: InputError.self) { try undefined.assign(Self.request()) }
    #expect(error.problem.contains("the metric is nan for prior 0 and ground truth 0"))
  }
}

extension Registry {
  fileprivate func rowWeight(
    _ name: String, _ values: [String: ParameterValue]
  ) throws -> any RowWeight {
    try #require(rowWeights[name]).make(values)
  }

  fileprivate func cost(
    _ name: String, _ values: [String: ParameterValue]
  ) throws -> any MatchCost {
    try #require(costs[name]).make(values)
  }

  fileprivate func assigner(
    _ name: String, _ values: [String: ParameterValue]
  ) throws -> any Assigner {
    try #require(assigners[name]).make(values)
  }

  fileprivate func coder(
    _ name: String, _ values: [String: ParameterValue]
  ) throws -> any BoxCoder {
    try #require(coders[name]).make(values)
  }
}
