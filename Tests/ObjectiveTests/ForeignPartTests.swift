import LossKit
import Testing

/// Assigners and samplers of others, which may answer anything.
struct ForeignPartTests {
  @Test(arguments: [[0, -1], [0, -1, -1, -1], [0, 1, -1]] as [[Int32]])
  func `an assigner that answers for other priors or ground truths`(matches: [Int32]) throws {
    var scene = Scene(matches: [matches], labels: [[1]])
    let objective = try scene.objective([])
    scene.matches = [[0, 0, 0]]
    #expect(
      complaint { try objective.targets(ofStage: "stage", for: scene.batch) }
        == "stage stage, image 0: the assigner must give each of 3 priors one of 1 ground truths, "
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
        == "stage stage, image 0: the sampler must draw positives from the matched priors and "
        + "negatives from the background, each prior once and in ascending order")
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
