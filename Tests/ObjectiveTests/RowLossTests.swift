import LossKit
import TestSupport
import Testing

/// Parts that read the losses of single rows, overlaps, quality or predictions, in a whole stage.
struct RowLossTests {
  /// Takes the background with losses above a limit, and all positives.
  private struct LimitSampler: Sampler {
    static let declaration = Declaration(
      name: "limit", summary: "Losses above a limit.", formula: "", source: "tests")
    let limit: Float
    let reads: Set<StageInput>

    init(parameters: Parameters) { (limit, reads) = (0, []) }
    init(limit: Float, reads: Set<StageInput> = [.rowLosses]) {
      self.limit = limit
      self.reads = reads
    }

    func sample(
      _ assignment: Assignment, _ request: SampleRequest
    ) throws(InputError) -> Sample {
      let all = Sample(everyPriorOf: assignment)
      return Sample(
        positives: all.positives.filter { request.rowLosses[$0] > limit },
        negatives: all.negatives.filter { request.rowLosses[$0] > limit })
    }
  }

  @Test(
    arguments: ["softmax_cross_entropy", "bce_with_logits", "sigmoid_focal"],
    [0.2, 1, 2] as [Float])
  func `a sampler reads each prior's own loss`(name: String, limit: Float) throws {
    let loss = try #require(try Registry.builtIn().losses[name]).make([:])
    let scene = Scene(priors: [6, 6], classes: 2, seed: 41)
    let columns = loss.columns(classes: 2)
    let term = try Term.of("cls", layout: "n p c", target: .class, loss)
    let prediction = try randomTensor([2, 6, columns], seed: 42)
    let objective = try scene.objective(sampler: LimitSampler(limit: limit), [term])
    let targets = try objective.targets(for: scene.batch, predictions: ["cls": prediction])
    for image in 0..<2 {
      // Each row by itself, in a batch of one prior.
      let expected = try (0..<6).filter { prior in
        guard scene.matches[image][prior] > -2 else { return false }
        let single = Scene(matches: [[scene.matches[image][prior]]], labels: [scene.labels[image]])
        let row = prediction.elements[((image * 6 + prior) * columns)...].prefix(columns)
        let value = try single.evaluate(
          [term], ["cls": try Tensor(shape: [1, 1, columns], elements: Array(row))]
        ).terms[0].value
        return Float(value) > limit
      }
      #expect(targets[0].images[image].sampled == expected)
    }
  }

  @Test func `the head is asked for all priors where losses are read`() throws {
    let scene = Scene(matches: [[0, -1, -1, -2]], labels: [[1]])
    let term = try Term.of("cls", layout: "r c", target: .class, try BCEWithLogitsLoss())
    let objective = try scene.objective(sampler: try HardNegativeSampler(["ratio": 1]), [term])
    var asked: [Int] = []
    let (targets, predictions) = try objective.walk(scene.batch, rows: .sampled) {
      _, priors throws(InputError) in
      asked += priors?.map(\.count) ?? []
      return ["cls": (try? Tensor(shape: [4, 1], elements: [0.0, -1, 1, 5])) ?? Tensor([])]
    }
    #expect(asked == [4])
    #expect(targets[0].images[0].sampled == [0, 2])
    #expect(try objective.evaluate(predictions, against: targets).terms[0].negatives == 1)
  }

  @Test func `row weights read predictions, which have no gradient`() throws {
    let scene = Scene(matches: [[0, 1, -1]], labels: [[1, 2]])
    let boxes = try Tensor(
      shape: [3, 4],
      elements: try (0..<3).flatMap { prior -> [Double] in
        let target = try scene.boxTarget(image: 0, prior: prior) ?? SIMD4(repeating: 0)
        return (0..<4).map { Double(target[$0]) + 0.1 * Double(prior + 1) }
      })
    let scores = try randomTensor([3, 2], seed: 43)
    func evaluate(_ weight: (any RowWeight)?) throws -> ObjectiveResult<Double> {
      try scene.evaluate(
        [
          try .of("cls", layout: "r c", target: .class, try BCEWithLogitsLoss()),
          try .of("box", layout: "r c", target: .box, try L1Loss(), rowWeight: weight),
        ], ["cls": scores, "box": boxes])
    }
    let plain = try evaluate(nil)
    let probabilities = scores.elements.map { 1 / (1 + exponential(-$0)) }
    let overlaps = try (0..<2).map { prior in
      let decoded = try DeltaBoxCoder().decode(
        SIMD4(
          Float(boxes.elements[4 * prior]), Float(boxes.elements[4 * prior + 1]),
          Float(boxes.elements[4 * prior + 2]), Float(boxes.elements[4 * prior + 3])),
        relativeTo: Scene.box(ofPrior: prior))
      return Double(decoded.iou(Scene.box(ofGroundTruth: prior)))
    }
    for (weight, expected) in [
      (try PredictedOverlapWeight(), overlaps),
      (
        try LargestScoreWeight(),
        [max(probabilities[0], probabilities[1]), max(probabilities[2], probabilities[3])]
      ),
    ] as [(any RowWeight, [Double])] {
      let weighted = try evaluate(weight)
      #expect(expected[0] != expected[1])
      #expect(weighted.gradients["cls"] == plain.gradients["cls"])
      let (found, before) = (
        try #require(weighted.gradients["box"]).elements,
        try #require(plain.gradients["box"]).elements
      )
      for element in 0..<12 {
        let weight = element < 8 ? expected[element / 4] : 0
        #expect(agree(found[element], weight * before[element], 1e-6))
      }
      #expect(found[..<8].allSatisfy { $0 != 0 })
    }
  }

  private func exponential(_ x: Double) -> Double { Double.exp(x) }

  @Test func `a stage must have what its parts read`() throws {
    let scene = Scene(matches: [[0]], labels: [[1]])
    let box = try Term.of("box", layout: "r c", target: .box, try L1Loss())
    let weighted = try Term.of(
      "box", layout: "r c", target: .box, try L1Loss(), rowWeight: try QualityWeight())
    let divided = try Term.of(
      "box", layout: "r c", target: .box, try L1Loss(),
      Normalizer(.rowWeight(try LargestScoreWeight())))
    let cases: [(sampler: (any Sampler)?, terms: [Term], problem: String)] = [
      (
        try OHEMSampler(), [box],
        "stage stage, sampler: \"ohem\" reads row losses, but no term predicts classes or objects"
      ),
      (
        try IoUBalancedSampler(), [box],
        "stage stage, sampler: \"iou_balanced\" reads overlaps, but \"scripted\" gives none"
      ),
      (
        nil, [weighted],
        "stage stage, term box, row_weight: \"quality\" reads quality, but \"scripted\" gives none"
      ),
      (
        nil, [divided],
        "stage stage, term box, normalizer: \"max_score\" reads scores, but no term predicts classes "
          + "or objects"
      ),
    ]
    for (sampler, terms, problem) in cases {
      #expect(complaint { try scene.objective(sampler: sampler, terms) } == problem)
    }
  }

  @Test func `costs go with an assigner that reads them`() throws {
    func stage(_ assigner: any Assigner, _ costs: [WeightedMatchCost]) throws -> Stage {
      Stage(
        name: "stage", priors: NumberedPriors(priorsPerCell: nil), assigner: assigner,
        matchCosts: costs, sampler: try AllSampler(), coder: try DeltaBoxCoder(),
        terms: [try .of("cls", layout: "r c", target: .class, try BCEWithLogitsLoss())])
    }
    let focal = WeightedMatchCost(name: "a", cost: try FocalCost())
    for (assigner, costs, problem) in [
      (
        try HungarianAssigner(), [],
        "assigner: \"hungarian\" reads costs, but the stage has none; name some under match_costs"
      ),
      (try MaxIoUAssigner(), [focal], "match_costs: \"max_iou\" reads no costs"),
      (
        try HungarianAssigner(), [WeightedMatchCost(name: "b", cost: try L1Cost())],
        "match_costs b: \"l1\" reads boxes, but no term predicts boxes"
      ),
    ] as [(any Assigner, [WeightedMatchCost], String)] {
      #expect(
        complaint { try DetectionObjective(name: "x", stages: [try stage(assigner, costs)]) }
          == "stage stage, \(problem)")
    }
    _ = try DetectionObjective(
      name: "x", stages: [try stage(try HungarianAssigner(), [focal])])
  }
}
