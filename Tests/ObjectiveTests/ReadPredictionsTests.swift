import LossKit
import TestSupport
import Testing

/// An assigner that reads what its stage predicts: a prior is matched to the ground truth that its predicted
/// box overlaps most, if its best score is above a half.
private struct ReadingAssigner: Assigner {
  static let declaration = Declaration(
    name: "reading", summary: "Reads predictions.", formula: "", source: "tests")

  let reads: Set<StageInput>

  init(parameters: Parameters) { reads = [.scores, .boxes] }
  init(_ reads: Set<StageInput> = [.scores, .boxes]) { self.reads = reads }

  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let predictions = request.predictions
    guard reads.contains(.boxes) == !predictions.boxes.isEmpty,
      reads.contains(.scores) == !predictions.scores.isEmpty
    else { throw InputError("predictions", "aren't those that are read") }
    let count = request.priors.count
    return Assignment(
      matches: (0..<count).map { prior in
        let classes = predictions.scores.count / count
        let scores = predictions.scores[prior * classes..<(prior + 1) * classes]
        guard (scores.max() ?? 1) > 0.5 else { return Assignment.background }
        let overlaps = request.groundTruth.boxes.map { predictions.boxes[prior].iou($0) }
        let best = overlaps.indices.max { (overlaps[$0], -$0) < (overlaps[$1], -$1) } ?? 0
        return Int32(best)
      })
  }
}

/// An assigner whose quality tells which objectness and which score of the first class it read.
private struct ObjectnessAssigner: Assigner {
  static let declaration = Declaration(
    name: "objectness", summary: "Reads objectness.", formula: "", source: "tests")

  init(parameters: Parameters) {}

  var reads: Set<StageInput> { [.scores, .objectness] }
  var gives: Set<StageInput> { [.quality] }

  func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let predictions = request.predictions
    let count = request.priors.count
    return Assignment(
      matches: (0..<count).map { _ in 0 },
      quality: (0..<count).map {
        10 * predictions.objectness[$0] + predictions.score(of: $0, label: 1, priors: count)
      })
  }
}

struct ReadPredictionsTests {
  private let scene = Scene(matches: [[0, 0, 0, 0], [0, 0, 0, 0]], labels: [[1, 2], [2, 1]])

  private func stage(_ assigner: ReadingAssigner, _ terms: [Term]) throws -> Stage {
    Stage(
      name: "stage", priors: NumberedPriors(priorsPerCell: nil), assigner: assigner,
      sampler: try AllSampler(), coder: try DeltaBoxCoder(), terms: terms)
  }

  private func terms(_ loss: any Loss) throws -> [Term] {
    [
      try .of("cls", layout: "r c", target: .class, loss),
      try .of("box", layout: "r c", target: .box, try L1Loss()),
    ]
  }

  /// Deltas that lead from each prior to a ground truth, and logits of which every other row is sure.
  private func predictions(columns: Int) throws -> [String: Tensor<Double>] {
    var deltas: [Double] = []
    var logits: [Double] = []
    for image in 0..<2 {
      for prior in 0..<4 {
        let target = try DeltaBoxCoder().encode(
          Scene.box(ofGroundTruth: prior / 2), relativeTo: Scene.box(ofPrior: prior))
        deltas += target.indices.map { Double(target[$0]) }
        let isSure = (prior + image).isMultiple(of: 2)
        logits += (0..<columns).map { $0 == columns - 1 ? (isSure ? 2 : -2) : 0 }
      }
    }
    return [
      "cls": try Tensor(shape: [8, columns], elements: logits),
      "box": try Tensor(shape: [8, 4], elements: deltas),
    ]
  }

  @Test func `an assigner reads probabilities without the background, and decoded boxes`() throws {
    for loss in [try SoftmaxCrossEntropyLoss(), try BCEWithLogitsLoss()] as [any Loss] {
      let columns = loss.columns(classes: 2)
      let objective = try DetectionObjective(
        name: "test", stages: [try stage(ReadingAssigner(), try terms(loss))])
      let targets = try objective.targets(
        for: scene.batch, predictions: try predictions(columns: columns))
      #expect(targets[0].images.map(\.assignment.matches) == [[0, -1, 1, -1], [-1, 0, -1, 1]])
    }
  }

  @Test(arguments: ["cls", "box"], [Double.nan, .infinity, -.infinity])
  func `what is read must be finite`(name: String, value: Double) throws {
    let objective = try DetectionObjective(
      name: "test", stages: [try stage(ReadingAssigner(), try terms(try BCEWithLogitsLoss()))])
    var predictions = try predictions(columns: 2)
    predictions[name]?.withMutableElements { $0[$0.count - 1] = value }
    let error = #expect(throws: InputError.self) {
      try objective.targets(for: scene.batch, predictions: predictions)
    }
    let column = name == "cls" ? 1 : 3
    #expect(
      error?.description == "prediction \"\(name)\" row 7, c = \(column): \(value) is not finite")
  }

  /// What a head puts out for so many rows.
  private func heads(_ rows: Int) -> [String: Tensor<Float>] {
    var heads: [String: Tensor<Float>] = [:]
    heads["cls"] = try? Tensor(repeating: 1, shape: [rows, 2])
    heads["box"] = try? Tensor(repeating: 0, shape: [rows, 4])
    return heads
  }

  @Test func `the head is asked once, for all priors where the assigner reads it`() throws {
    let reading = try DetectionObjective(
      name: "test", stages: [try stage(ReadingAssigner(), try terms(try BCEWithLogitsLoss()))])
    let sampling = try scene.objective(
      sampler: try RandomSampler(["count": 2]), try terms(try BCEWithLogitsLoss()))
    for (objective, rows) in [(reading, [4, 4]), (sampling, [1, 1])] {
      var asked: [[Int]] = []
      let (targets, predictions) = try objective.walk(scene.batch, rows: .sampled) {
        _, priors throws(InputError) in
        asked.append(priors?.map(\.count) ?? [])
        let count = priors?.reduce(0) { $0 + $1.count } ?? 0
        return heads(count)
      }
      #expect(asked == [rows])
      #expect(targets[0].images.map(\.priors.count) == rows)
      #expect(try objective.evaluate(predictions, against: targets).total.isFinite)
    }
  }

  @Test func `what isn't read isn't made`() throws {
    let objective = try DetectionObjective(
      name: "test",
      stages: [try stage(ReadingAssigner([.boxes]), try terms(try BCEWithLogitsLoss()))])
    let targets = try objective.targets(
      for: scene.batch, predictions: try predictions(columns: 2))
    #expect(targets[0].images.map(\.assignment.matches) == [[0, 0, 1, 1], [0, 0, 1, 1]])
  }

  @Test func `objects may be told by a term of their own, beside the classes`() throws {
    let logits = (0..<8).map { Double($0) - 4 }
    let objects = try Term.of("object", layout: "r c", target: .objectness, try BCEWithLogitsLoss())
    let (classes, box) = (
      try terms(try BCEWithLogitsLoss())[0], try terms(try L1Loss())[1]
    )
    func stage(_ terms: [Term]) throws -> Stage {
      Stage(
        name: "stage", priors: NumberedPriors(priorsPerCell: nil),
        assigner: try ObjectnessAssigner([:]), sampler: try AllSampler(),
        coder: try DeltaBoxCoder(), terms: terms)
    }
    var tensors = try predictions(columns: 2)
    tensors["object"] = try Tensor(shape: [8, 1], elements: logits)
    tensors["cls"] = try Tensor(shape: [8, 2], elements: logits.flatMap { [-$0, 9] })
    for terms in [[objects, classes, box], [classes, box, objects]] {
      let targets = try DetectionObjective(name: "test", stages: [try stage(terms)]).targets(
        for: scene.batch, predictions: tensors)
      let quality = targets[0].images.flatMap(\.assignment.quality)
      for (found, logit) in zip(quality, logits) {
        #expect(abs(Double(found) - (10 * Double.sigmoid(logit) + Double.sigmoid(-logit))) < 1e-5)
      }
      #expect(quality.count == 8)
    }
    #expect(
      complaint { try DetectionObjective(name: "test", stages: [try stage([objects, box])]) }
        == "stage stage, assigner: \"objectness\" reads objectness, but no term predicts objects beside "
        + "one that predicts classes")
  }

  /// Weighs a row by its score for the first class.
  private struct ScoreWeight: RowWeight {
    static let declaration = Declaration(
      name: "score", summary: "The first score.", formula: "", source: "tests")
    let scope: RowScope

    init(parameters: Parameters) { scope = .positives }
    init(_ scope: RowScope) { self.scope = scope }

    var reads: Set<StageInput> { [.scores] }

    func weights(for image: MatchedPriors) -> [Float] {
      (scope == .sampled ? image.sampled : image.positives).map {
        image.predictions.score(of: $0, label: 1, priors: image.priors.count)
      }
    }
  }

  @Test(arguments: RowScope.allCases)
  func `a row weight reads what is predicted for its rows`(scope: RowScope) throws {
    let scene = Scene(matches: [[0, -1, 1, -1], [-1, 0, -1, 1]], labels: [[1, 2], [2, 1]])
    let logits = (0..<16).map { Double($0) / 4 - 2 }
    let tensors = [
      "cls": try Tensor(shape: [8, 2], elements: logits),
      "box": try randomTensor([8, 4], seed: 74),
    ]
    /// The gradient of the term that is weighted.
    func gradient(_ weight: ScoreWeight?) throws -> [Double] {
      let (ofClasses, ofBoxes) = scope == .sampled ? (weight, nil) : (nil, weight)
      let result = try scene.evaluate(
        [
          try .of(
            "cls", layout: "r c", target: .class, try BCEWithLogitsLoss(), rowWeight: ofClasses),
          try .of("box", layout: "r c", target: .box, try L1Loss(), rowWeight: ofBoxes),
        ], tensors)
      return try #require(result.gradients[scope == .sampled ? "cls" : "box"]).elements
    }
    let (plain, found) = (try gradient(nil), try gradient(ScoreWeight(scope)))
    let width = plain.count / 8
    for index in plain.indices {
      let score = Double(Float(Double.sigmoid(logits[index / width * 2])))
      #expect(agree(found[index], score * plain[index]))
    }
    // All rows of two columns, or half of them of four.
    #expect(plain.count { $0 != 0 } == 16)
  }

  @Test func `a stage must predict what its assigner reads`() throws {
    let (classes, boxes) = (try terms(try BCEWithLogitsLoss())[0], try terms(try L1Loss())[1])
    let slots = try Term.of("box", layout: "r (k c)", target: .box, try L1Loss())
    let place = "stage stage, assigner: \"reading\" reads "
    for (terms, problem) in [
      ([boxes], "scores, but no term predicts classes or objects"),
      ([classes], "boxes, but no term predicts boxes"),
      ([classes, slots], "boxes, but the term for boxes predicts one for each class"),
    ] {
      #expect(
        complaint {
          try DetectionObjective(name: "test", stages: [try stage(ReadingAssigner(), terms)])
        } == place + problem)
    }
  }
}
