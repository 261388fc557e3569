import LossKit
import Testing

/// Parts of others, which may answer anything.
struct ForeignPartTests {
  @Test(arguments: [[0, -1], [0, -1, -1, -1], [0, 1, -1], [0, -3, -1]] as [[Int32]])
  func `an assigner that answers for other priors or ground truths`(matches: [Int32]) throws {
    var scene = Scene(matches: [matches], labels: [[1]])
    let objective = try scene.objective([])
    scene.matches = [[0, 0, 0]]
    #expect(
      complaint { try objective.targets(ofStage: "stage", for: scene.batch) }
        == "stage stage, image 0, assigner: must give each of 3 priors one of 1 ground truths, "
        + "background or ignored")
  }

  @Test(arguments: [
    Sample(positives: [1], negatives: []), Sample(positives: [], negatives: [0]),
    Sample(positives: [2], negatives: []), Sample(positives: [0, 0], negatives: []),
    Sample(positives: [3, 0], negatives: []), Sample(positives: [4], negatives: []),
    Sample(positives: [], negatives: [-1]),
  ])
  func `a sampler that draws what it can't`(sample: Sample) throws {
    let scene = Scene(matches: [[0, -1, -2, 0]], labels: [[1]])
    let objective = try scene.objective(sampler: ScriptedSampler(sample: sample), [])
    #expect(
      complaint { try objective.targets(ofStage: "stage", for: scene.batch) }
        == "stage stage, image 0, sampler: must draw positives from the matched priors and "
        + "negatives from the background, each prior once and in ascending order")
  }

  @Test(
    arguments: [
      ([1, 2], "gives 2 weights for 3 rows; expected one a row"),
      ([0, 0, -1], "gives prior 3 the weight -1.0; expected a finite number of 0 or more"),
      ([0, .nan, 1], "gives prior 1 the weight nan; expected a finite number of 0 or more"),
    ] as [([Float], String)])
  func `a row weight that gives others than weights`(weights: [Float], problem: String) throws {
    let scene = Scene(matches: [[0], [0, -1, -2, 0]], labels: [[1], [1]])
    let weight = ScriptedWeight(scope: .sampled, weights: [[1], weights])
    let boxes = ["x": try randomTensor([5, 4], seed: 1)]
    for (rowWeight, normalizer) in [
      (weight, Normalizer(.rows)), (nil, Normalizer(.rowWeight(weight))),
    ] {
      let term = try Term.of(
        "x", layout: "r c", target: .box, try SmoothL1Loss(), normalizer, rowWeight: rowWeight)
      #expect(
        complaint { try scene.evaluate([term], boxes) }
          == "stage stage, term x, image 1: scripted: \(problem)")
    }
  }
}

/// Draws what it was told.
private struct ScriptedSampler: Sampler {
  static let declaration = Declaration(
    name: "scripted", summary: "A draw as given.", formula: "", source: "tests")
  let sample: Sample

  init(parameters: Parameters) {
    sample = Sample(positives: [], negatives: [])
  }
  init(sample: Sample) { self.sample = sample }

  func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample { sample }
}

/// Gives what it was told for each image.
private struct ScriptedTarget: Target {
  static let declaration = Declaration(
    name: "scripted", summary: "Values as given.", formula: "", source: "tests")
  let scope: RowScope
  let columns: TargetColumns
  let values: [TargetValues]

  init(parameters: Parameters) { self.init(scope: .sampled, columns: .classes, values: []) }
  init(scope: RowScope, columns: TargetColumns, values: [TargetValues]) {
    self.scope = scope
    self.columns = columns
    self.values = values
  }

  func values(for image: MatchedPriors) throws(InputError) -> TargetValues {
    try scripted(values, for: image)
  }
}

/// Gives what it was told for each image.
private struct ScriptedWeight: RowWeight {
  static let declaration = Declaration(
    name: "scripted", summary: "Weights as given.", formula: "", source: "tests")
  let scope: RowScope
  let weights: [[Float]]

  init(parameters: Parameters) { self.init(scope: .sampled, weights: []) }
  init(scope: RowScope, weights: [[Float]]) {
    self.scope = scope
    self.weights = weights
  }

  func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    try scripted(weights, for: image)
  }
}

/// The first image has one prior, the second four.
private func scripted<Values>(
  _ values: [Values], for image: MatchedPriors
) throws(InputError) -> Values {
  let index = image.priors.count == 1 ? 0 : 1
  guard index < values.count else { throw InputError("image", "is none that was told of") }
  return values[index]
}
