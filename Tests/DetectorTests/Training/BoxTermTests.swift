import Detector
import LossKit
import TestSupport
import Testing

/// Detections follow the boxes that a stage learns, whatever its box term is compared with.
struct BoxTermTests {
  /// The mean over the objects of one scene of the greatest IoU with what is found there, by a detector
  /// that was trained on this scene alone.
  private func fit(_ recipe: String, _ settings: [String]) throws -> Double {
    let scene = try SmallTraining.scenes(count: 1)
    let file = try SmallTraining.model(["training.rate=0.004", "model.score_threshold=0"])
    var trainer = try Trainer(
      try SmallTraining.recipe(recipe, settings).objective, data: scene, model: file.model,
      training: file.training, seed: 1)
    for _ in 0..<40 { _ = try trainer.advance() }
    let found = try DetectionEvaluation(of: trainer.model, on: scene).detections[0].map(\.box)
    let objects = try scene.example(0).objects.boxes
    return objects.reduce(0) { sum, object in
      sum + (found.map { overlap($0, object) }.max() ?? 0)
    } / Double(objects.count)
  }

  private func overlap(_ a: Box, _ b: Box) -> Double {
    let width = max(0, min(a.x2, b.x2) - max(a.x1, b.x1))
    let height = max(0, min(a.y2, b.y2) - max(a.y1, b.y1))
    let shared = width * height
    let union = a.width() * a.height() + b.width() * b.height() - shared
    return Double(shared / union)
  }

  @Test(.long) func `each kind of box term moves the boxes that are found`() throws {
    // Boxes come from the second stage alone: whatever touches an object is one of its positives.
    let easy = [
      "stages.rpn.terms.rpn_box.weight=0", "stages.rcnn.assigner.positive_iou=0.3",
      "stages.rcnn.assigner.negative_iou=0.3",
    ]
    let term = "stages.rcnn.terms.rcnn_box"
    let without = try fit("reference_detector", easy + ["\(term).weight=0"])
    for (layout, target, loss) in [
      ("r (k c)", "box", "smooth_l1"),
      ("r (k c)", "decoded_box", "giou"), ("r c", "decoded_box", "ciou"),
    ] {
      let with = try fit(
        "reference_detector",
        easy + [
          "\(term).layout=\(layout)", "\(term).target=\(target)",
          #"\#(term).loss={"type": "\#(loss)"}"#,
        ])
      #expect(with > without + 0.03, "\(layout), \(target), \(loss): \(with), \(without) without")
    }
  }

  @Test(
    .long,
    arguments: [
      ("fcos", []), ("fcos", ["stages.fcos.coder.activation=relu"]), ("atss", []),
      ("fcos", [#"stages.fcos.coder={"type": "distances", "normalize": true, "bins": 9}"#]),
      ("atss", ["stages.atss.terms.atss_box.target=box", "stages.atss.terms.atss_box.loss=l1"]),
    ])
  func `the boxes of a dense detector are found, too`(stage: String, settings: [String]) throws {
    let recipe = "reference_detector_\(stage)"
    let without = try fit(recipe, settings + ["stages.\(stage).terms.\(stage)_box.weight=0"])
    let with = try fit(recipe, settings)
    #expect(with > without + 0.03, "\(with), \(without) without")
  }
}
