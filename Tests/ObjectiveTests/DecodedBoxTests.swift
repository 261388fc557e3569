import LossKit
import TestSupport
import Testing

/// Losses on decoded boxes, with gradients by the deltas.
struct DecodedBoxTests {
  struct Parameters: Decodable, Sendable {
    let loss: String
    let stds: [Double]
  }

  @Test(arguments: try Reference.cases("decoded_boxes", "") as [ReferenceCase<Parameters>])
  func `values and gradients are those of torchvision`(
    _ reference: ReferenceCase<Parameters>
  ) throws {
    try compare(reference, over: Double.self, tolerance: 1e-12)
    try compare(reference, over: Float.self, tolerance: 2e-6)
  }

  private func compare<Scalar: LossScalar>(
    _ reference: ReferenceCase<Parameters>, over: Scalar.Type, tolerance: Double
  ) throws {
    let file = try Reference.open("decoded_boxes")
    func numbers(_ name: String) throws -> [Double] {
      try file.doubles(named: "\(reference.name)/\(name)").elements
    }
    let coder = try DeltaBoxCoder(["stds": .list(reference.parameters.stds.map { .number($0) })])
    let priors = try file.boxes(named: "\(reference.name)/priors")
    let term = RowTerm<Scalar>(
      loss: try Registry.builtIn().loss(reference.parameters.loss),
      rows: RowSelection(rows: priors.count, width: 4),
      targets: .dense(try numbers("targets").map { Scalar($0) }),
      decoding: BoxDecoding(coder, priors: priors))
    let deltas = try numbers("deltas").map { Scalar($0) }
    var gradient: [Scalar]? = [Scalar](repeating: 0, count: deltas.count)
    let totals = try term.evaluate(deltas, addingGradientTo: &gradient)
    #expect(agree(totals.value, try numbers("value").reduce(0, +), tolerance))
    // Deltas of one row have derivatives of one size.
    let expected = try numbers("gradient")
    let mismatches = Tolerance(relative: tolerance, ofRow: 2 * tolerance, absolute: tolerance)
      .mismatches("gradient", gradient?.map { Double($0) } ?? [], expected, width: 4)
    #expect(mismatches == [])
    #expect(expected[2] == 0)
  }

  @Test func `the bits are the same on every number of threads`() throws {
    let objective = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/faster_rcnn_giou.json"),
      registry: try Registry.builtIn()
    ).objective
    let bundle = try SafetensorsFile(contentsOf: Reference.path("Examples/blood_cells.safetensors"))
    let predictions = try bundle.predictions(objective.predictionNames)
    let targets = try objective.targets(for: DetectionBatch(bundle), predictions: predictions)
    let one = try objective.evaluate(predictions, against: targets, workers: Workers(1))
    for count in [2, 3] {
      let other = try objective.evaluate(predictions, against: targets, workers: Workers(count))
      #expect(other.total.bitPattern == one.total.bitPattern)
      #expect(other.gradients == one.gradients)
    }
  }

  @Test func `a loss on boxes and the target decoded_box need each other`() throws {
    let scene = Scene(priors: [3], classes: 1, seed: 1)
    let giou = try GIoULoss()
    let cases: [(Term, String)] = try [
      (
        .of("x", layout: "r c", target: .box, giou),
        "target: \"giou\" compares boxes; expected decoded_box"
      ),
      (
        .of("x", layout: "r c", target: .class, giou),
        "target: \"giou\" compares boxes; expected decoded_box"
      ),
      (
        .of("x", layout: "r c", target: .decodedBox, try L1Loss()),
        "loss: \"l1\" doesn't compare boxes; a decoded_box target needs a loss that does"
      ),
      (
        .of("x", layout: "r c", target: .decodedBox, giou, outsideWeights: [1, 1, 1, 1]),
        "outside_weights: weigh coordinates; expected a box target"
      ),
    ]
    for (term, problem) in cases {
      #expect(complaint { try scene.objective([term]) } == "stage stage, term x, \(problem)")
    }
  }

  @Test func `deltas that lead to the ground truth cost nothing`() throws {
    let scene = Scene(priors: [9, 6], classes: 2, seed: 2)
    var deltas: [Float] = []
    for (image, matches) in scene.matches.enumerated() {
      for prior in matches.indices {
        let target = try scene.boxTarget(image: image, prior: prior) ?? .zero
        deltas += [target.x, target.y, target.z, target.w]
      }
    }
    let term = try Term.of("x", layout: "r c", target: .decodedBox, GIoULoss())
    let result = try scene.evaluate([term], ["x": Tensor(shape: [15, 4], elements: deltas)])
    #expect(result.terms[0].positives > 0)
    #expect(abs(result.total) < 1e-5)
  }
}
