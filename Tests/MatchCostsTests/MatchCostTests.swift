import LossKit
import TestSupport
import Testing

/// Match costs against those of mmdetection.
struct MatchCostTests {
  @Test(
    arguments: 0..<3,
    ["classification", "focal", "l1_cxcywh", "l1_xyxy", "iou", "giou", "center_distance"])
  func `costs are those of mmdetection`(case: Int, name: String) throws {
    let cost: any MatchCost =
      switch name {
      case "classification": try ClassificationCost()
      case "focal": try FocalCost()
      case "l1_cxcywh": try L1Cost()
      case "l1_xyxy": try L1Cost(["format": "xyxy"])
      case "iou": try IoUCost()
      case "center_distance": try CenterDistanceCost()
      default: try GIoUCost()
      }
    let probabilities = name == "classification" ? "softmax" : "sigmoid"
    let file = try Reference.open("matches")
    let request = try file.request(`case`, probabilities)
    let expected = try file.floats(named: "case_\(`case`).cost.\(name)")
    let (priors, objects) = (expected.shape[0], expected.shape[1])
    for object in 0..<objects {
      let found = try cost.costs(of: Array(0..<priors), with: object, in: request)
      for prior in 0..<priors {
        let value = expected.elements[prior * objects + object]
        #expect(abs(found[prior] - value) <= 2e-6 * max(1, abs(value)))
      }
    }
  }

  @Test func `costs are added up with their weights`() throws {
    let costs = [
      WeightedMatchCost(name: "class", cost: try ClassificationCost(), weight: 2),
      WeightedMatchCost(name: "box", cost: try IoUCost(), weight: 0.5),
    ]
    let request = AssignmentRequest(
      priors: Priors([Box(0, 0, 10, 10), Box(0, 0, 1, 1)]),
      groundTruth: GroundTruth(boxes: [Box(0, 0, 10, 10)], labels: [2]),
      imageSize: ImageSize(height: 10, width: 10),
      predictions: StagePredictions(
        scores: [0.25, 0.75, 0.5, 0.125], boxes: [Box(0, 0, 10, 5), Box(20, 20, 30, 30)]),
      costs: costs)
    #expect(try request.costs(of: [0, 1], with: 0) == [-1.75, -0.25])
    #expect(try request.costs(of: [1], with: 0) == [-0.25])
  }

  @Test func `what a cost lacks, or makes, is told`() throws {
    func complaint(_ cost: any MatchCost, _ predictions: StagePredictions) -> String? {
      let request = AssignmentRequest(
        priors: Priors([Box(0, 0, 10, 10), Box(0, 0, 1, 1)]),
        groundTruth: GroundTruth(boxes: [Box(0, 0, 10, 10)], labels: [1]),
        imageSize: ImageSize(height: 10, width: 10), predictions: predictions,
        costs: [WeightedMatchCost(name: "a", cost: cost)])
      do throws(InputError) {
        _ = try request.costs(of: [0, 1], with: 0)
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      complaint(try FocalCost(), StagePredictions())
        == "match cost a: reads scores, of which there are 0 for 2 priors; expected one a class")
    #expect(
      complaint(try GIoUCost(), StagePredictions(boxes: [Box(0, 0, 1, 1)]))
        == "match cost a: reads predicted boxes, of which there are 1 for 2 priors")
    #expect(
      complaint(
        try L1Cost(),
        StagePredictions(boxes: [Box(0, 0, 1, 1), Box(0, 0, .infinity, 1)]))
        == "match cost a: is inf for prior 1 and ground truth 0, which makes a sum that is not finite; "
        + "are predictions and boxes sound?")
    #expect(complaint(try FocalCost(), StagePredictions(scores: [0, 1])) == nil)
  }
}

/// The matching of least cost.
struct HungarianTests {
  /// The costs of a matching in the reference file, and which probabilities they read.
  private func mix(_ name: String) throws -> (costs: [WeightedMatchCost], probabilities: String) {
    func cost(_ cost: any MatchCost, _ weight: Double) -> WeightedMatchCost {
      WeightedMatchCost(name: cost.declaration.name, cost: cost, weight: weight)
    }
    return switch name {
    case "detr":
      (
        [cost(try ClassificationCost(), 1), cost(try L1Cost(), 5), cost(try GIoUCost(), 2)],
        "softmax"
      )
    case "deformable":
      ([cost(try FocalCost(), 2), cost(try L1Cost(), 5), cost(try GIoUCost(), 2)], "sigmoid")
    default:
      (
        [
          cost(try FocalCost(["alpha": 0.4, "gamma": 1.5]), 0.5),
          cost(try L1Cost(["format": "xyxy"]), 1), cost(try IoUCost(), 3),
        ], "sigmoid"
      )
    }
  }

  @Test(arguments: 0..<4, ["detr", "deformable", "corners"])
  func `matches are those of mmdetection`(case: Int, mix: String) throws {
    let (costs, probabilities) = try self.mix(mix)
    let file = try Reference.open("matches")
    let request = try file.request(`case`, probabilities, costs)
    let expected = try file.integers(named: "case_\(`case`).match.\(mix)")
    let matches = try HungarianAssigner().assign(request).matches
    #expect(matches.map(Int.init) == expected.elements)
    #expect(matches.filter { $0 >= 0 }.count == [12, 20, 7, 0][`case`])
  }

  @Test(arguments: 0..<300) func `no other matching is cheaper`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let priors = Int.random(in: 1...5, using: &random)
    let objects = Int.random(in: 1...5, using: &random)
    // Few values, so that there are ties.
    let table = (0..<objects).map { _ in
      (0..<priors).map { _ in Float(Int.random(in: -3...3, using: &random)) }
    }
    let matches = try matches(table, priors: priors)
    let found = matches.enumerated().reduce(Float(0)) {
      $1.element >= 0 ? $0 + table[Int($1.element)][$1.offset] : $0
    }
    #expect(Set(matches.filter { $0 >= 0 }).count == min(priors, objects))
    #expect(matches.filter { $0 >= 0 }.count == min(priors, objects))
    #expect(found == least(table[...], Array(0..<priors), skipping: max(0, objects - priors)))
  }

  /// The least sum of costs over all ways to match, found by trying them.
  private func least(_ rows: ArraySlice<[Float]>, _ free: [Int], skipping: Int) -> Float {
    guard let row = rows.first else { return 0 }
    var best =
      skipping > 0 ? least(rows.dropFirst(), free, skipping: skipping - 1) : Float.infinity
    for prior in free {
      best = min(
        best,
        row[prior] + least(rows.dropFirst(), free.filter { $0 != prior }, skipping: skipping))
    }
    return best
  }

  @Test(arguments: 0..<100) func `several priors each, and none are cheaper`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let priors = Int.random(in: 1...6, using: &random)
    let table = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      (0..<priors).map { _ in Float(Int.random(in: -3...3, using: &random)) }
    }
    let found = try matches(table, priors: priors, TopKHungarianAssigner(["top_k": 2]))
    let count = max(1, min(2, priors / table.count))
    let rows = table.flatMap { [[Float]](repeating: $0, count: count) }
    for object in table.indices where table.count <= priors {
      #expect(found.filter { $0 == object }.count == count)
    }
    #expect(found.filter { $0 >= 0 }.count == min(priors, rows.count))
    let sum = found.enumerated().reduce(Float(0)) {
      $1.element >= 0 ? $0 + table[Int($1.element)][$1.offset] : $0
    }
    #expect(sum == least(rows[...], Array(0..<priors), skipping: max(0, rows.count - priors)))
  }

  private func matches(_ table: [[Float]], priors: Int) throws -> [Int32] {
    try matches(table, priors: priors, HungarianAssigner())
  }

  private func matches(
    _ table: [[Float]], priors: Int, _ assigner: some Assigner
  ) throws -> [Int32] {
    try assigner.assign(
      AssignmentRequest(
        priors: Priors((0..<priors).map { Box(0, 0, Float($0 + 1), 1) }),
        groundTruth: GroundTruth(
          boxes: table.map { _ in Box(0, 0, 1, 1) }, labels: table.map { _ in 1 }),
        imageSize: ImageSize(height: 10, width: 10),
        predictions: StagePredictions(
          scores: (0..<priors).map { _ in 0.5 }, boxes: (0..<priors).map { _ in Box(0, 0, 1, 1) }),
        costs: [WeightedMatchCost(name: "table", cost: TableCost(table: table))])
    ).matches
  }

  @Test func `costs that aren't numbers are named`() throws {
    #expect {
      try matches([[1, 2], [3, .nan]], priors: 2)
    } throws: {
      "\($0)"
        == "match cost table: is nan for prior 1 and ground truth 1, which makes a sum that is not "
        + "finite; are predictions and boxes sound?"
    }
  }

  @Test func `an image without objects is background, and one without priors empty`() throws {
    #expect(try matches([], priors: 3) == [-1, -1, -1])
    #expect(try matches([[], []], priors: 0) == [])
  }
}

/// Costs as given.
private struct TableCost: MatchCost {
  static let declaration = Declaration(
    name: "table", summary: "Costs as given.", formula: "", source: "tests")

  let table: [[Float]]

  init(parameters: Parameters) { table = [] }
  init(table: [[Float]]) { self.table = table }

  var reads: Set<StageInput> { [] }

  func costs(of priors: [Int], with object: Int, in request: AssignmentRequest) -> [Float] {
    priors.map { table[object][$0] }
  }
}

extension SafetensorsFile {
  /// A case of matches.safetensors as an assigner gets it.
  fileprivate func request(
    _ case: Int, _ probabilities: String, _ costs: [WeightedMatchCost] = []
  ) throws -> AssignmentRequest {
    let prefix = "case_\(`case`)"
    let size = try integers(named: "\(prefix).size").elements
    let boxes = try boxes(named: "\(prefix).boxes")
    return AssignmentRequest(
      priors: Priors(boxes),
      groundTruth: GroundTruth(
        boxes: try self.boxes(named: "\(prefix).gt_boxes"),
        labels: try integers(named: "\(prefix).gt_labels").elements),
      imageSize: ImageSize(height: size[0], width: size[1]),
      predictions: StagePredictions(
        scores: try floats(named: "\(prefix).\(probabilities)").elements, boxes: boxes),
      costs: costs)
  }
}
