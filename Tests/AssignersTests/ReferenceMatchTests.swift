import LossKit
import TestSupport
import Testing

/// Assigners that read predictions against those of mmdetection and ultralytics.
struct ReferenceMatchTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let assigner: any Assigner

    init(_ name: String, _ assigner: any Assigner) {
      self.name = name
      self.assigner = assigner
    }

    var testDescription: String { name }

    static func all() throws -> [Case] {
      [
        Case("task_aligned", try TaskAlignedAssigner()),
        Case(
          "task_aligned_ultralytics",
          try TaskAlignedAssigner([
            "top_k": 10, "alpha": 0.5, "overlap": "ciou", "margin": 1e-9, "eps": 1e-9,
            "inside_first": true, "contest_all": true,
          ])),
        Case("sim_ota", try SimOTAAssigner()),
        Case(
          "sim_ota_scores",
          try SimOTAAssigner([
            "center_radius": 1.5, "top_k": 5, "iou_weight": 2, "class_weight": 0.5,
            "objectness": false,
          ])),
        Case("dynamic_soft_label", try DynamicSoftLabelAssigner()),
      ]
    }
  }

  @Test(arguments: 0..<4, try Case.all())
  func `matches and qualities are those of the reference`(scene: Int, case: Case) throws {
    let file = try Reference.open("matches")
    let prefix = "dense_\(scene)"
    let points = try file.floats(named: "\(prefix).points").elements
    let squares = stride(from: 0, to: points.count, by: 4).map {
      square(points[$0], points[$0 + 1], side: points[$0 + 2])
    }
    let levels = [8, 16, 32].map { stride in
      (stride: Double(stride), boxes: squares.filter { $0.width() == Float(stride) })
    }
    #expect(levels.flatMap(\.boxes) == squares)
    let assignment = try PredictedScene(
      levels: levels.map { ($0.stride, $0.boxes) },
      objects: try file.boxes(named: "\(prefix).gt_boxes"),
      labels: try file.integers(named: "\(prefix).gt_labels").elements,
      boxes: try file.boxes(named: "\(prefix).boxes"),
      scores: try file.floats(named: "\(prefix).scores").elements,
      objectness: try file.floats(named: "\(prefix).objectness").elements
    ).assign(`case`.assigner, workers: .standard)
    let matches = try file.integers(named: "\(prefix).match.\(`case`.name)").elements
    let quality = try file.floats(named: "\(prefix).quality.\(`case`.name)").elements
    #expect(assignment.matches.map(Int.init) == matches)
    #expect(matches.contains { $0 >= 0 } == (scene < 3))
    for (found, expected) in zip(assignment.quality, quality) {
      #expect(abs(found - expected) <= 1e-5)
    }
    #expect(assignment.quality.count == quality.count)
  }
}
