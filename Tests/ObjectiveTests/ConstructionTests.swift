import LossKit
import Testing

/// Objectives whose parts don't go together.
struct ConstructionTests {
  let scene = Scene(priors: [3], classes: 1, seed: 1)

  @Test func `names are unique`() throws {
    let term = try Term.of("x", layout: "r", target: .objectness, try L1Loss())
    #expect(
      complaint { try scene.objective([term, term]) }
        == "stage stage: has two terms called \"x\"")
    let stage = try scene.stage("rpn", [])
    #expect(
      complaint { try DetectionObjective(name: "x", stages: [stage, stage]) }
        == "stage rpn: stands twice")
  }

  @Test func `priors come from a stage before`() throws {
    let stage = Stage(
      name: "rcnn", priors: try ProposalLayer(), assigner: try MaxIoUAssigner(),
      sampler: try AllSampler(), coder: try DeltaBoxCoder(), terms: [])
    let problem =
      "stage rcnn: takes its priors from stage \"rpn\", which doesn't stand before it"
    #expect(complaint { try DetectionObjective(name: "x", stages: [stage]) } == problem)
    let rpn = try scene.stage("rpn", [])
    #expect(complaint { try DetectionObjective(name: "x", stages: [stage, rpn]) } == problem)
    #expect(
      complaint { try DetectionObjective(name: "x", stages: [rpn, stage]) }
        == "stage rpn: needs a term for classes or objects and one for boxes to propose, as stage rcnn asks it to"
    )
    func complaintAbout(_ layout: String) -> String {
      complaint {
        let terms = [
          try Term.of("cls", layout: "r", target: .objectness, try L1Loss()),
          try .of("box", layout: layout, target: .box, try L1Loss()),
        ]
        return try DetectionObjective(name: "x", stages: [try scene.stage("rpn", terms), stage])
      }
    }
    #expect(
      complaintAbout("r (k c)")
        == "stage rpn: needs one box a prior to propose, and has one for each class, as stage rcnn asks it to"
    )
    #expect(complaintAbout("r c") == "no error")
  }

  @Test func `the parts of a term go together`() throws {
    let weights = [1.0, 1, 1, 1]
    let cases: [(Term, String)] = try [
      (
        Term(
          name: "x", predictions: [], layout: try Layout("r"), target: .objectness,
          loss: try L1Loss(), normalizer: Normalizer(.rows)),
        "prediction: names no tensor"
      ),
      (
        .of("x", layout: "n h w", target: .box, try L1Loss()),
        "layout: has no c, but the loss reads more than one column a row"
      ),
      (
        .of("x", layout: "r", target: .objectness, try SoftmaxCrossEntropyLoss()),
        "layout: has no c, but the loss reads more than one column a row"
      ),
      (
        .of("x", layout: "r k", target: .class, try BCEWithLogitsLoss()),
        "layout: has k, class slots, which a box target alone reads"
      ),
      (
        .of("x", layout: "r c", target: .box, try NLLLoss()),
        "loss: \"nll\" takes classes; a box target needs a loss on numbers"
      ),
      (
        .of("x", layout: "r c", target: .box, try BCELoss(), insideWeights: weights),
        "inside_weights: multiply prediction - target, which \"bce\" doesn't read by itself"
      ),
      (
        .of("x", layout: "r c", target: .class, try L1Loss(), insideWeights: weights),
        "inside_weights: multiply coordinates; expected a box target"
      ),
      (
        .of("x", layout: "r c", target: .class, try L1Loss(), outsideWeights: weights),
        "outside_weights: weigh coordinates; expected a box target"
      ),
    ]
    for (term, problem) in cases {
      #expect(complaint { try scene.objective([term]) } == "stage stage, term x, \(problem)")
    }
  }

  @Test func `four numbers weigh four coordinates`() throws {
    let term = try Term.of(
      "x", layout: "r c", target: .box, try L1Loss(), outsideWeights: [1, 2, 3])
    #expect(
      complaint { try scene.objective([term]) }
        == "stage stage, term x, outside_weights: has 3 numbers; expected 4, one a coordinate")
  }
}
