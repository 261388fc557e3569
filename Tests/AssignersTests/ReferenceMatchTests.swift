import LossKit
import TestSupport
import Testing

/// Assigners against those of mmdetection and ultralytics.
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
        Case("point", try PointAssigner()),
        Case("point_3", try PointAssigner(["scale": 2, "candidates": 3])),
        Case("grid", try GridAssigner()),
        Case(
          "grid_low",
          try GridAssigner([
            "positive_iou": 0.3, "negative_iou": 0.2, "low_quality_iou": 0.1,
          ])),
        Case("center_region", try CenterRegionAssigner()),
        Case(
          "center_region_wide",
          try CenterRegionAssigner([
            "positive_scale": 0.4, "shadow_scale": 0.7, "min_cover": 0.3, "ignored_scale": 0.8,
          ])),
        Case(
          "center_region_dominant",
          try CenterRegionAssigner([
            "positive_scale": 0.3, "shadow_scale": 0.9, "foreground_dominates": true,
          ])),
        Case("top_k_hungarian", try TopKHungarianAssigner(["top_k": 4])),
      ]
    }
  }

  /// A scene of the file, with `anchors` a point.
  ///
  /// - Parameter shadows: Whether every fifth box is a region too, moved a little, and classes are two.
  func scene(_ scene: Int, anchors: Int = 1, shadows: Bool = false) throws -> PredictedScene {
    let file = try Reference.open("matches")
    let prefix = "dense_\(scene)"
    let points = try file.floats(named: "\(prefix).points").elements
    let squares = stride(from: 0, to: points.count, by: 4).map {
      square(points[$0], points[$0 + 1], side: points[$0 + 2])
    }
    var boxes = anchors == 1 ? squares : try file.boxes(named: "\(prefix).anchors")
    let levels = [8, 16, 32].map { stride in
      let count = anchors * squares.filter { $0.width() == Float(stride) }.count
      defer { boxes.removeFirst(count) }
      return (stride: Double?.some(Double(stride)), boxes: Array(boxes.prefix(count)))
    }
    let objects = try file.boxes(named: "\(prefix).gt_boxes")
    let labels = try file.integers(named: "\(prefix).gt_labels").elements
    return PredictedScene(
      levels: levels, objects: objects, labels: shadows ? labels.map { 1 + $0 % 2 } : labels,
      regions: shadows
        ? stride(from: 0, to: objects.count, by: 5).map { objects[$0].moved(by: 7) } : [],
      boxes: try file.boxes(named: "\(prefix).boxes"),
      scores: try file.floats(named: "\(prefix).scores").elements,
      objectness: try file.floats(named: "\(prefix).objectness").elements,
      size: ImageSize(height: 128, width: 160),
      costs: [
        WeightedMatchCost(name: "box", cost: try L1Cost(), weight: 5),
        WeightedMatchCost(name: "overlap", cost: try GIoUCost(), weight: 2),
      ])
  }

  @Test(arguments: 0..<4, try Case.all())
  func `matches and qualities are those of the reference`(scene: Int, case: Case) throws {
    let name = `case`.name
    let assignment = try self.scene(
      scene, anchors: name.hasPrefix("grid") ? 2 : 1, shadows: name.hasPrefix("center_region")
    ).assign(`case`.assigner, workers: .standard)
    let file = try Reference.open("matches")
    let matches = try file.integers(named: "dense_\(scene).match.\(`case`.name)").elements
    #expect(assignment.matches.map(Int.init) == matches)
    #expect(matches.contains { $0 >= 0 } == (scene < 3))
    guard `case`.assigner.gives.contains(.quality) else { return }
    let quality = try file.floats(named: "dense_\(scene).quality.\(`case`.name)").elements
    for (found, expected) in zip(assignment.quality, quality) {
      #expect(abs(found - expected) <= 1e-5)
    }
    #expect(assignment.quality.count == quality.count)
  }
}

extension Box {
  fileprivate func moved(by distance: Float) -> Box {
    Box(x1 + distance, y1 + distance, x2 + distance, y2 + distance)
  }
}
