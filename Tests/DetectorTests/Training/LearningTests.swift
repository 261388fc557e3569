import Detector
import LossKit
import TestSupport
import Testing

/// A short form of what the reference detector must reach: it learns to find shapes, and without weights
/// on its losses it doesn't.
@Suite(.long) struct LearningTests {
  #if DEBUG
    /// Steps, and the AP50 to reach; few in a debug build, in which steps are slow.
    static let goal = (steps: 100, precision: 0.15)
  #else
    static let goal = (steps: 400, precision: 0.8)
  #endif

  private func precision(_ settings: [String], steps: Int) throws -> Double {
    let file = try ModelFile(
      settings: [
        "model.channels=[16, 32, 64]", "model.strides=[2, 2, 2]", "model.map_channels=32",
        "model.roi_channels=[64]", "training.batch=4", "training.warmup_steps=5",
        "training.rate=0.004", "training.steps=\(steps)",
      ].map { try JSONSetting(parsing: $0) })
    func scenes(_ split: Split, count: Int) throws -> SceneDataSet {
      try SceneDataSet(
        .init(
          split: split, difficulty: 0, size: ImageSize(height: 64, width: 96), count: count))
    }
    var trainer = try Trainer(
      try SmallTraining.recipe("reference_detector", settings).objective,
      data: try scenes(.training, count: 60), model: file.model, training: file.training, seed: 1)
    for _ in 0..<steps { _ = try trainer.advance() }
    let evaluation = try DetectionEvaluation(
      of: trainer.model, on: try scenes(.heldOut, count: 20))
    return try #require(evaluation.metrics.averagePrecision(overlap: .half))
  }

  @Test func `shapes are found after a short training`() throws {
    let precision = try precision([], steps: Self.goal.steps)
    #expect(precision >= Self.goal.precision)
  }

  @Test func `without weights nothing is learned`() throws {
    let precision = try precision(
      ["rpn.terms.rpn_cls", "rpn.terms.rpn_box", "rcnn.terms.rcnn_cls", "rcnn.terms.rcnn_box"].map {
        "stages.\($0).weight=0"
      }, steps: Self.goal.steps / 10)
    #expect(precision < 0.05)
  }
}
