import LossKit
import TestSupport
import Testing

/// Losses on decoded boxes, with gradients by the deltas.
struct DecodedBoxTests {
  struct Parameters: Decodable, Sendable {
    let loss: String
    let stds: [Double]?
    let bins: Int?
    let coder: Coder?

    /// A coder's type, and the parameters that any of them has.
    struct Coder: Decodable, Sendable {
      let type: String
      let stds: [Double]?
      let clip_both: Bool?
      let center_clip: Double?
      let max: Double?
      let margin: Double?

      func make() throws -> any BoxCoder {
        var values: [String: ParameterValue] = [:]
        values["stds"] = stds.map { .list($0.map { .number($0) }) }
        values["clip_both"] = clip_both.map { .boolean($0) }
        values["center_clip"] = center_clip.map { .number($0) }
        values["max"] = max.map { .number($0) }
        values["margin"] = margin.map { .number($0) }
        switch type {
        case "delta_xywh": return try DeltaBoxCoder(values)
        case "tblr": return try TBLRBoxCoder(values)
        case "distances": return try DistanceBoxCoder(values)
        default: return try NormalizedBoxCoder(values)
        }
      }
    }

    func makeCoder() throws -> any BoxCoder {
      if let coder { return try coder.make() }
      if let bins {
        return try DistanceBoxCoder(["bins": .integer(bins), "normalize": true])
      }
      return try DeltaBoxCoder(["stds": .list((stds ?? []).map { .number($0) })])
    }
  }

  @Test(arguments: try Reference.cases("decoded_boxes", "") as [ReferenceCase<Parameters>])
  func `values and gradients are those of torchvision and mmdetection`(
    _ reference: ReferenceCase<Parameters>
  ) throws {
    try compare(reference, over: Double.self, tolerance: 1e-12)
    try compare(reference, over: Float.self, tolerance: 2e-6)
  }

  @Test(
    arguments: (try Reference.cases("decoded_boxes", "") as [ReferenceCase<Parameters>]).filter {
      $0.parameters.coder != nil
    })
  func `what mmdetection encodes is encoded alike`(
    _ reference: ReferenceCase<Parameters>
  ) throws {
    let file = try Reference.open("decoded_boxes")
    let coder = try reference.parameters.makeCoder()
    let priors = try file.boxes(named: "\(reference.name)/priors")
    let targets = try file.boxes(named: "\(reference.name)/targets")
    let expected = try file.doubles(named: "\(reference.name)/encoded").elements
    #expect(expected.count == 4 * priors.count)
    for (row, (prior, target)) in zip(priors, targets).enumerated() {
      let found = coder.encode(target, relativeTo: prior)
      for column in 0..<4 {
        let wanted = expected[4 * row + column]
        // Centres up to 170 pixels are rounded, and divided by sides of 10 or more, and by 0.125.
        #expect(abs(Double(found[column]) - wanted) <= 2e-5 * max(1, abs(wanted)))
      }
    }
  }

  private func compare<Scalar: LossScalar>(
    _ reference: ReferenceCase<Parameters>, over: Scalar.Type, tolerance: Double
  ) throws {
    let file = try Reference.open("decoded_boxes")
    func numbers(_ name: String) throws -> [Double] {
      try file.doubles(named: "\(reference.name)/\(name)").elements
    }
    let coder = try reference.parameters.makeCoder()
    let priors = try file.boxes(named: "\(reference.name)/priors")
    let term = RowTerm<Scalar>(
      loss: try Registry.builtIn().loss(reference.parameters.loss),
      rows: RowSelection(rows: priors.count, width: coder.columns),
      targets: .dense(try numbers("targets").map { Scalar($0) }),
      decoding: BoxDecoding(coder, priors: priors))
    let deltas = try numbers("deltas").map { Scalar($0) }
    var gradient: [Scalar]? = [Scalar](repeating: 0, count: deltas.count)
    let totals = try term.evaluate(deltas, addingGradientTo: &gradient)
    #expect(agree(totals.value, try numbers("value").reduce(0, +), tolerance))
    // Deltas of one row have derivatives of one size.
    let expected = try numbers("gradient")
    let mismatches = Tolerance(relative: tolerance, ofRow: 2 * tolerance, absolute: tolerance)
      .mismatches("gradient", gradient?.map { Double($0) } ?? [], expected, width: coder.columns)
    #expect(mismatches == [])
    if reference.parameters.stds != nil { #expect(expected[2] == 0) }
  }

  @Test func `a stage may predict distributions`() throws {
    let coder = try DistanceBoxCoder(["bins": 5, "normalize": true])
    let scene = Scene(priors: [9, 6], classes: 2, seed: 5)
    let predictions = ["box": try randomTensor([15, 20], seed: 6)]
    let objective = try self.objective(
      coder, scene,
      try .of(
        "box", layout: "r c", target: .decodedBox, try GIoULoss(),
        rowWeight: try PredictedOverlapWeight()))
    let targets = try objective.targets(for: scene.batch, predictions: predictions)
    let check = try ObjectiveGradientCheck(objective, predictions: predictions, against: targets)
    #expect(check.isRight && check.predictions[0].gradientNorm > 0)
    let floats = predictions.mapValues { $0.map { Float($0) } }
    let one = try objective.evaluate(floats, against: targets, workers: Workers(1))
    let three = try objective.evaluate(floats, against: targets, workers: Workers(3))
    #expect(one.gradients == three.gradients)
    #expect(
      complaint {
        try objective.evaluate(
          ["box": try Tensor(repeating: 0.0, shape: [15, 4])], against: targets)
      }.contains("20"))
    #expect(
      complaint {
        try self.objective(coder, scene, try .of("x", layout: "r c", target: .box, try L1Loss()))
      }
        == "stage stage, term x, target: compares 4 numbers a row, but of \"distances\" a row has 4 "
        + "distributions over 5 bins; use decoded_box")
  }

  private func objective(
    _ coder: any BoxCoder, _ scene: Scene, _ term: Term
  ) throws -> DetectionObjective {
    try DetectionObjective(
      name: "test",
      stages: [
        Stage(
          name: "stage", priors: NumberedPriors(priorsPerCell: nil),
          assigner: ScriptedAssigner(matches: scene.matches), sampler: try AllSampler(),
          coder: coder, terms: [term])
      ])
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

  /// Images of 100 × 1 and 100 × 2 pixels: x over 100, y over 1 or 2, and so the gradient by the deltas.
  @Test func `boxes are compared in shares of their own image`() throws {
    let scene = Scene(matches: [[0, -1], [0, 1]], labels: [[1], [1, 2]])
    let deltas = try randomTensor([4, 4], in: 0.5, seed: 31)
    func evaluate(_ unit: String) throws -> ObjectiveResult<Double> {
      let target = try DecodedBoxTarget(["unit": .string(unit)])
      return try scene.evaluate(
        [try Term.of("box", layout: "r c", target: target, try BoxL1Loss())], ["box": deltas])
    }
    let shares = try evaluate("image")
    var expected = 0.0
    for (row, image, object) in [(0, 0, 0), (2, 1, 0), (3, 1, 1)] {
      let prior = Scene.box(ofPrior: row % 2)
      let numbers = deltas.elements[row * 4..<row * 4 + 4].map { Float($0) }
      let box = try DeltaBoxCoder().decode(
        SIMD4(numbers[0], numbers[1], numbers[2], numbers[3]), relativeTo: prior)
      for (index, pair) in zip(box.coordinates, Scene.box(ofGroundTruth: object).coordinates)
        .enumerated()
      {
        expected += Double(abs(pair.0 - pair.1)) / (index % 2 == 0 ? 100 : Double(image + 1))
      }
    }
    #expect(abs(shares.terms[0].value - expected) <= 1e-5 * expected)
    let objective = try scene.objective([
      try Term.of(
        "box", layout: "r c", target: try DecodedBoxTarget(["unit": "image"]), try BoxL1Loss())
    ])
    let predictions = ["box": deltas]
    let check = try ObjectiveGradientCheck(
      objective, predictions: predictions,
      against: try objective.targets(for: scene.batch, predictions: predictions))
    #expect(check.isRight)
    #expect(try evaluate("pixel").terms[0].value > shares.terms[0].value)
  }
}
