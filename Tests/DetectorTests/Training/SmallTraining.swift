import Detector
import LossKit
import TestSupport

/// A detector and scenes so small that steps take no time.
enum SmallTraining {
  /// The settings of the model and of training that make it small.
  static let settings = [
    "model.channels=[16, 16, 32]", "model.strides=[2, 2, 2]", "model.map_channels=32",
    "model.roi_size=4", "model.roi_channels=[32]", "training.batch=2", "training.warmup_steps=2",
    "training.log_every=2", "training.checkpoint_every=3",
  ]

  static func model(_ more: [String] = []) throws -> ModelFile {
    try ModelFile(settings: try (settings + more).map { try JSONSetting(parsing: $0) })
  }

  /// A recipe of Configs with settings.
  static func recipe(
    _ name: String = "reference_detector", _ settings: [String] = []
  ) throws -> DetectionRecipe {
    try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(name).json"),
      settings: try settings.map { try JSONSetting(parsing: $0) }, registry: try .builtIn())
  }

  /// The settings that put a dense recipe on levels of the given strides.
  ///
  /// - Parameter predictions: What the tensors of each term are called.
  static func levels(
    _ stage: String, strides: [Int] = [8, 16], _ predictions: [String: String]
  ) -> [String] {
    let sizes = strides.map { "[\(4 * $0)]" }.joined(separator: ", ")
    return ["stages.\(stage).priors.strides=\(strides)"]
      + (["atss", "gfl"].contains(stage) ? ["stages.\(stage).priors.sizes=[\(sizes)]"] : [])
      + predictions.map { term, name in
        let names = strides.indices.map { "\"\(name)_\($0)\"" }.joined(separator: ", ")
        return "stages.\(stage).terms.\(stage)_\(term).prediction=[\(names)]"
      }
  }

  static func scenes(_ split: Split = .training, count: Int = 7) throws -> SceneDataSet {
    try SceneDataSet(
      .init(
        seed: 3, split: split, difficulty: 0, size: ImageSize(height: 48, width: 64), count: count))
  }

  static func trainer(
    _ recipe: DetectionRecipe, _ more: [String] = [], seed: UInt64 = 1, threads: Int = 2
  ) throws -> Trainer {
    let file = try model(more)
    return try Trainer(
      recipe.objective, data: try scenes(), model: file.model, training: file.training, seed: seed,
      engine: Engine(workers: Workers(threads)))
  }
}
