import Bundle
import Foundation
import LossCore
import LossKernels
import Recipe
import StrictJSON
import TensorBoard

/// A training with everything that it leaves behind, in a folder of its own:
///
/// | file | holds |
/// | --- | --- |
/// | `recipe.json` | the recipe, with what it extends and every setting |
/// | `model.json` | the model file, with all defaults |
/// | `checkpoint.safetensors` | the state after the last checkpoint |
/// | `metrics.jsonl` | the log |
/// | `detections.json` | what the model finds on the first images that it is measured with |
/// | `sample_0.png`, … | these images |
/// | `evaluation.json` | curves of precision over recall, and errors by kind |
/// | `.lock` | nothing; it is locked while a training runs |
/// | `failure.safetensors`, `failure_recipe.json` | a batch in which something wasn't finite |
///
/// A run that finds a checkpoint in its folder goes on from there, and ends with the same bits as one
/// that was never interrupted. A run with more steps than before goes on beyond them: from there on the
/// rate follows the schedule of all steps. No other run may use the folder for as long as this one lives.
/// TensorBoard's files are elsewhere, where they are asked for.
public struct TrainingRun {
  /// What happens in a run.
  public enum Event: Sendable {
    /// It had so many steps, and now has more.
    case extended(from: Int)
    /// It goes on after so many steps.
    case resumed(step: Int)
    /// A line of the log.
    case steps(StepSummary)
    /// An evaluation.
    case evaluated(step: Int, DetectionEvaluation)
    /// It was asked to end after so many steps, of which there is a checkpoint.
    case stopped(step: Int)
    /// There was nothing to do: the run in the folder is complete.
    case complete
  }

  /// The trainer.
  public private(set) var trainer: Trainer

  private let folder: RunFolder
  private let lock: FolderLock
  private let validation: (any DataSet)?
  private let recipe: DetectionRecipe
  private let engine: Engine
  private let origin: Checkpoint.Origin
  /// The steps that the run in the folder had, if there was one.
  private let stepsBefore: Int?
  private var log: MetricsLog
  private var tensorBoard: TensorBoardLog?

  /// A run in a folder, which is made where it doesn't exist.
  ///
  /// - Parameters:
  ///   - validation: What to measure with; nothing is measured without.
  ///   - tensorBoard: The folder of event files, if there are to be any.
  /// - Throws: `BundleError` where the folder can't be used; ``TrainingError`` where another run uses it, or it
  ///   holds a run with another recipe, model, seed or data, or the recipe doesn't fit; `DataError` where an
  ///   image can't be read.
  public init(
    in path: String, recipe: DetectionRecipe, model: ModelFile, data: any DataSet,
    validation: (any DataSet)?, seed: UInt64, tensorBoard: String? = nil, engine: Engine = Engine()
  ) throws {
    if let validation, validation.classNames != data.classNames {
      throw TrainingError(
        "the classes of the validation data are \(validation.classNames), those of the training "
          + "data \(data.classNames); expected the same in the same order")
    }
    trainer = try Trainer(
      recipe.objective, data: data, model: model.model, training: model.training, seed: seed,
      engine: engine)
    folder = RunFolder(path)
    origin = Checkpoint.Origin(
      seed: seed, classNames: data.classNames, data: try data.fingerprint(engine.workers),
      validation: try validation?.fingerprint(engine.workers))
    lock = try folder.lock()
    let found = try folder.begin(recipe: recipe, model: model, origin: origin)
    stepsBefore = found?.steps
    try found?.checkpoint.restore(&trainer)
    log = try MetricsLog(folder.metrics, after: trainer.step)
    // A training that is complete has told all.
    if let tensorBoard, trainer.step < trainer.settings.steps {
      self.tensorBoard = try TensorBoardLog(
        in: tensorBoard, after: trainer.step,
        hyperparameters: Hyperparameters(recipe: recipe.node, model: model.node, seed: seed))
    }
    self.validation = validation
    self.recipe = recipe
    self.engine = engine
  }

  /// Trains to the end, or to a checkpoint where it is asked to.
  ///
  /// - Parameters:
  ///   - shouldStop: Asked after each step.
  ///   - report: Called with what happens.
  /// - Throws: ``TrainingError`` or ``StepFailure`` where training can't go on, the latter with its batch
  ///   saved; `DataError`, `InputError` and `BundleError` where an image, a prediction or a file can't be
  ///   used.
  public mutating func run(
    until shouldStop: () -> Bool = { false }, _ report: (Event) throws -> Void
  ) throws {
    let settings = trainer.settings
    if trainer.step >= settings.steps {
      try report(.complete)
      return
    }
    if let stepsBefore, stepsBefore < settings.steps { try report(.extended(from: stepsBefore)) }
    if trainer.step > 0 { try report(.resumed(step: trainer.step)) }
    let clock = ContinuousClock()
    var start = clock.now
    var images = 0
    while trainer.step < settings.steps {
      log.add(try advance())
      images += settings.batch
      let step = trainer.step
      let isLast = step == settings.steps
      let isStopped = !isLast && shouldStop()
      let isCheckpoint = isLast || isStopped || step % settings.checkpointInterval == 0
      if isCheckpoint { try trainer.checkWeights() }
      if isCheckpoint || step % settings.logInterval == 0 {
        let rate = Double(images) / (clock.now - start).seconds
        if let summary = try log.writeSteps(imagesPerSecond: rate) {
          try tensorBoard?.write(summary.node, step: step)
          try tensorBoard?.write(
            gradients: trainer.gradients, of: trainer.model.objective, step: step)
          try report(.steps(summary))
        }
        images = 0
      }
      if isLast || settings.evaluationInterval.map({ step % $0 == 0 }) == true {
        try evaluate(isLast: isLast, report)
      }
      if isCheckpoint {
        try Checkpoint.write(trainer, origin, to: folder.checkpoint)
      }
      if isStopped { return try report(.stopped(step: step)) }
      if images == 0 { start = clock.now }
    }
  }

  private mutating func advance() throws -> Trainer.StepResult {
    do {
      return try trainer.advance()
    } catch let failure as StepFailure {
      try failure.writeBundle(to: folder.failure)
      try folder.write(failure.recipe(from: recipe), to: folder.failureRecipe)
      throw TrainingError(
        "\(failure); the batch was saved: losskit evaluate \(folder.failureRecipe) "
          + folder.failure)
    }
  }

  private mutating func evaluate(isLast: Bool, _ report: (Event) throws -> Void) throws {
    guard let validation else { return }
    let evaluation = try DetectionEvaluation(of: trainer.model, on: validation, engine: engine)
    let line = try log.write(evaluation, step: trainer.step)
    try tensorBoard?.write(line, step: trainer.step)
    if isLast || tensorBoard != nil {
      let size = trainer.model.settings.imageSize
      let samples = try SampleWriter(of: evaluation, on: validation, fitting: size)
      try tensorBoard?.write(samples.pictures, step: trainer.step)
      if isLast {
        try samples.write(to: folder)
        try folder.write(try EvaluationFile(evaluation).node, to: folder.evaluation)
      }
    }
    try report(.evaluated(step: trainer.step, evaluation))
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
