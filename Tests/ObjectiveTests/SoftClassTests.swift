import LossKit
import TestSupport
import Testing

/// Rows of classes in which the label's column holds a soft number.
struct SoftClassTests {
  /// Gives the scene's matches, with the quality 1 / (prior + 1) and the overlap half of it.
  private struct QualityAssigner: Assigner {
    static let declaration = Declaration(
      name: "rated", summary: "Matches as given.", formula: "", source: "tests")
    let scene: Scene

    init(parameters: Parameters) { scene = Scene(matches: [], labels: []) }
    init(_ scene: Scene) { self.scene = scene }

    var gives: Set<StageInput> { [.quality, .overlaps] }

    func assign(_ request: AssignmentRequest, workers: Workers) -> Assignment {
      let matches = scene.matches[request.imageSize.height - 1]
      let quality = matches.indices.map { 1 / Float($0 + 1) }
      return Assignment(matches: matches, overlaps: quality.map { $0 / 2 }, quality: quality)
    }
  }

  private let scene = Scene(priors: [9, 70], classes: 3, seed: 51)

  private func evaluate(
    _ target: [String: ParameterValue], _ loss: any Loss, background: BackgroundColumn? = nil,
    _ predictions: [String: Tensor<Double>]
  ) throws -> (result: ObjectiveResult<Double>, check: ObjectiveGradientCheck) {
    let terms: [Term] = [
      try .of(
        "cls", layout: "r c", target: try ClassQualityTarget(target), loss, background: background),
      try .of("box", layout: "r c", target: .decodedBox, try GIoULoss()),
    ]
    let objective = try DetectionObjective(
      name: "test",
      stages: [
        Stage(
          name: "stage", priors: NumberedPriors(priorsPerCell: nil),
          assigner: QualityAssigner(scene), sampler: try AllSampler(), coder: try DeltaBoxCoder(),
          terms: terms)
      ])
    let targets = try objective.targets(for: scene.batch, predictions: predictions)
    return (
      try objective.evaluate(predictions, against: targets),
      try ObjectiveGradientCheck(objective, predictions: predictions, against: targets)
    )
  }

  /// The rows that a target should give, `[79, columns]`; those without a row are `nil`.
  private func rows(
    columns: Int, quality: (_ image: Int, _ prior: Int, _ match: Int) -> Float
  ) -> [[Double]?] {
    scene.matches.enumerated().flatMap { image, matches in
      matches.enumerated().map { prior, match in
        guard let label = scene.label(image: image, prior: prior) else { return nil }
        var row = [Double](repeating: 0, count: columns)
        if label > 0 { row[label - 1] = Double(quality(image, prior, Int(match))) }
        return row
      }
    }
  }

  private func compare(
    _ result: ObjectiveResult<Double>, _ rows: [[Double]?], _ prediction: Tensor<Double>,
    _ loss: any Loss
  ) throws {
    let kept = rows.indices.filter { rows[$0] != nil }
    let width = prediction.shape[1]
    let expected = try loss.evaluate(
      try Tensor(
        shape: [kept.count, width], elements: kept.flatMap { prediction.row($0) }),
      targets: .dense(
        try Tensor(shape: [kept.count, width], elements: kept.flatMap { rows[$0] ?? [] })),
      reduction: .sum)
    #expect(agree(result.terms[0].value, expected.value))
    let gradient = try #require(result.gradients["cls"])
    let ofRows = try #require(expected.gradient)
    #expect(kept.enumerated().allSatisfy { gradient.row($1) == ofRows.row($0) })
    #expect(gradient.elements.count { $0 != 0 } == kept.count * width)
  }

  @Test(arguments: ["quality_focal", "varifocal", "bce_with_logits", "sigmoid_focal"])
  func `the quality of the assignment stands in the column of the class`(name: String) throws {
    let loss = try Registry.builtIn().loss(name)
    let predictions = [
      "cls": try randomTensor([79, 3], seed: 52),
      "box": try randomTensor([79, 4], in: 0.3, seed: 53),
    ]
    let prediction = try #require(predictions["cls"])
    let (quality, check) = try evaluate([:], loss, predictions)
    try compare(quality, rows(columns: 3) { _, prior, _ in 1 / Float(prior + 1) }, prediction, loss)
    #expect(check.isRight)
    let (overlap, _) = try evaluate(
      ["measure": "overlap", "rows": "positives", "least": 0.1], loss, predictions)
    let positives = rows(columns: 3) { _, prior, _ in max(0.1, 1 / Float(prior + 1) / 2) }
      .map { $0?.contains { $0 > 0 } == true ? $0 : nil }
    try compare(overlap, positives, prediction, loss)
  }

  @Test func `the IoU is that of the predicted box, and isn't differentiated`() throws {
    let loss = try QualityFocalLoss()
    let predictions = [
      "cls": try randomTensor([79, 4], seed: 54),
      "box": try randomTensor([79, 4], in: 0.3, seed: 55),
    ]
    let deltas = try #require(predictions["box"])
    let (result, check) = try evaluate(
      ["measure": "iou"], loss, background: .last, predictions)
    let expected = rows(columns: 4) { image, prior, match in
      let row = deltas.row(image * 9 + prior).map { Float($0) } as [Float]
      let box = (try? DeltaBoxCoder())?.decode(
        SIMD4(row[0], row[1], row[2], row[3]), relativeTo: Scene.box(ofPrior: prior))
      return box?.iou(Scene.box(ofGroundTruth: match)) ?? 0
    }
    #expect(expected.contains { $0?.contains { $0 > 0.2 && $0 < 0.9 } == true })
    try compare(result, expected, try #require(predictions["cls"]), loss)
    #expect(check.isRight)
  }

  @Test func `a loss on classes alone, and a sampler that reads losses, refuse it`() throws {
    let target = try ClassQualityTarget(["measure": "iou"])
    let box = try Term.of("box", layout: "r c", target: .decodedBox, try GIoULoss())
    for (loss, name) in [
      (try SoftmaxCrossEntropyLoss() as any Loss, "softmax_cross_entropy"), (try NLLLoss(), "nll"),
    ] {
      #expect(
        complaint {
          try scene.objective([try .of("x", layout: "r c", target: target, loss), box])
        }
          == "stage stage, term x, loss: \"\(name)\" takes a class a row; a class_quality target gives "
          + "it a score, and needs a loss on numbers, such as quality_focal")
    }
    #expect(
      complaint {
        try scene.objective(
          sampler: try HardNegativeSampler(),
          [try .of("x", layout: "r c", target: target, try QualityFocalLoss()), box])
      }
        == "stage stage, sampler: \"hard_negative\" reads row losses, but the term for classes has soft "
        + "targets, which may depend on what is sampled")
  }

  @Test func `scores that aren't what they should be`() throws {
    func evaluate(_ classes: [Int], _ scores: [Double], _ loss: any Loss) throws -> RowTotals {
      var gradient: [Double]?
      return try RowTerm(
        loss: loss, rows: RowSelection(rows: 2, width: 3),
        targets: .scoredClasses(classes, scores)
      ).evaluate([0, 1, 2, 3, 4, 5], addingGradientTo: &gradient)
    }
    let loss = try QualityFocalLoss()
    #expect(try evaluate([0, 3], [0, 0.5], loss).value.isFinite)
    #expect(complaint { try evaluate([0, 4], [0, 0.5], loss) }.contains("class 4"))
    #expect(complaint { try evaluate([0, 3], [0.5], loss) }.contains("1 scores for 2 rows"))
    #expect(
      complaint { try evaluate([0, 3], [0, .nan], loss) }
        == "targets row 1: the score nan is not finite")
    #expect(
      complaint { try evaluate([0, 2], [0, 0.5], try SoftmaxCrossEntropyLoss()) }
        .contains("takes class indices"))
  }
}

extension Tensor {
  fileprivate func row(_ index: Int) -> ArraySlice<Element> {
    let width = shape[1]
    return elements[index * width..<(index + 1) * width]
  }
}
