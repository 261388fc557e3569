import Detector
import LossKit
import TestSupport
import Testing

/// A short form of what the reference detector must reach: it learns to find shapes, in two stages or in one,
/// and without weights on its losses it doesn't.
@Suite(.long) struct LearningTests {
  /// Recipes, steps, and the AP50 to reach; few steps in a debug build, in which they are slow.
  #if DEBUG
    static let goals: [(recipe: String, steps: Int, precision: Double)] = [
      ("reference_detector", 100, 0.15), ("reference_detector_fcos", 200, 0.25),
      ("reference_detector_atss", 200, 0.25),
    ]
  #else
    static let goals: [(recipe: String, steps: Int, precision: Double)] = [
      ("reference_detector", 400, 0.8), ("reference_detector_fcos", 400, 0.5),
      ("reference_detector_atss", 400, 0.5),
    ]
  #endif

  private func precision(
    _ recipe: String, _ settings: [String] = [], steps: Int
  ) throws -> Double {
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
      try SmallTraining.recipe(recipe, settings).objective,
      data: try scenes(.training, count: 60), model: file.model, training: file.training, seed: 1)
    for _ in 0..<steps { _ = try trainer.advance() }
    let evaluation = try DetectionEvaluation(
      of: trainer.model, on: try scenes(.heldOut, count: 20))
    return try #require(evaluation.metrics.averagePrecision(overlap: .half))
  }

  @Test(arguments: goals)
  func `shapes are found after a short training`(
    _ goal: (recipe: String, steps: Int, precision: Double)
  ) throws {
    let precision = try precision(goal.recipe, steps: goal.steps)
    #expect(precision >= goal.precision)
  }

  @Test func `without weights nothing is learned`() throws {
    let precision = try precision(
      "reference_detector",
      ["rpn.terms.rpn_cls", "rpn.terms.rpn_box", "rcnn.terms.rcnn_cls", "rcnn.terms.rcnn_box"].map {
        "stages.\($0).weight=0"
      }, steps: Self.goals[0].steps / 10)
    #expect(precision < 0.05)
  }
}
