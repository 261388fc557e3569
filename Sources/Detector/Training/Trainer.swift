import LossCore
import LossKernels
import Objective
import StrictJSON

/// Trains a model, a step at a time.
///
/// Everything is a function of recipe, settings, data and seed: the same bits for any number of threads,
/// and for a trainer that goes on from a checkpoint.
public struct Trainer: Sendable {
  /// What one step came to.
  public struct StepResult: Sendable {
    /// The step, counted from 1.
    public let step: Int
    /// The terms with their values, gradients' norms and counts.
    public let terms: [TermResult]
    /// The learning rate.
    public let rate: Double
    /// The norm of the gradient by all weights.
    public let gradientNorm: Double

    /// The sum of the weighted terms.
    public var total: Double { terms.reduce(0) { $0 + $1.weightedValue } }
  }

  /// The model.
  public internal(set) var model: DetectionModel
  /// The steps done.
  public internal(set) var step = 0
  /// How the model is trained.
  public let settings: TrainingSettings
  /// Chooses the weights, the order of images, flips and samples.
  public let seed: UInt64

  /// The gradient of the last step's total by each prediction.
  private(set) var gradients: [String: Tensor<Float>] = [:]

  var objectiveState = ObjectiveState()
  var optimizer: Optimizer
  private var examples: ExampleCache
  private var order: BatchOrder
  private let engine: Engine

  /// A trainer at its first step.
  ///
  /// - Throws: ``TrainingError`` where the data set has no images, or the recipe doesn't fit the model.
  public init(
    _ objective: DetectionObjective, data: any DataSet, model: ModelSettings,
    training: TrainingSettings, seed: UInt64, engine: Engine = Engine()
  ) throws(TrainingError) {
    guard data.count > 0, !data.classNames.isEmpty else {
      throw TrainingError("the data set has no images, or no classes; nothing can be learned")
    }
    do throws(InputError) {
      self.model = try DetectionModel(
        objective, classes: data.classNames.count, settings: model, seed: seed)
    } catch {
      throw TrainingError("\(error)")
    }
    settings = training
    self.seed = seed
    self.engine = engine
    optimizer = Optimizer(training)
    examples = ExampleCache(data, fitting: model.imageSize)
    order = BatchOrder(count: data.count, seed: seed, training)
  }

  /// Does the next step.
  ///
  /// - Throws: ``TrainingError`` where an image can't be read; ``StepFailure`` where a prediction, a loss
  ///   or a gradient isn't finite.
  public mutating func advance() throws -> StepResult {
    let items = order.batch(step: step)
    try examples.load(items.map(\.index), engine.workers)
    let examples = examples
    let flipped = engine.workers.map(below: items.count) { place in
      examples[items[place].index]?.flipped(
        horizontally: items[place].isMirrored, vertically: items[place].isUpsideDown)
    }
    let batch = ImageBatch(
      flipped.compactMap(\.self), stride: model.settings.stride, size: model.settings.imageSize)
    // Seeds draw different samples in the same step; the factor is prime.
    let sampling = Int(truncatingIfNeeded: UInt64(step) &+ seed &* 1_000_000_007)
    let result: ObjectiveResult<Float>
    do throws(InputError) {
      result = try model.step(batch, step: sampling, after: &objectiveState, engine)
    } catch {
      throw StepFailure(error, step: step + 1, batch: batch, model: model)
    }
    gradients = result.gradients
    let rate = settings.rate(step: step)
    let norm = optimizer.update(&model, step: step)
    guard norm.isFinite else {
      throw StepFailure(
        InputError("gradient by the weights", "is not finite"), step: step + 1, batch: batch,
        model: model)
    }
    step += 1
    return StepResult(step: step, terms: result.terms, rate: rate, gradientNorm: norm)
  }

  /// Makes sure that all weights and averages are finite: what the last step has spoilt shows in the next
  /// one, and after the last there is none.
  func checkWeights() throws(TrainingError) {
    var model = model
    var spoilt: String?
    func check(_ name: String, _ values: [Float]) {
      if spoilt == nil, !areFinite(values.span) { spoilt = name }
    }
    model.forEachWeights { check($0, $1.values) }
    model.forEachAverage { check($0, $1) }
    guard let spoilt else { return }
    throw TrainingError(
      "step \(step): \(Diagnostic.quote(spoilt)) is no longer finite; a lower rate, a longer "
        + "warm-up or another loss may help; the checkpoint before is left as it was")
  }
}

/// Why training can't begin or go on: where it is, what was found, and what to do about it.
public struct TrainingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The place and the problem in one line.
  public let description: String

  /// An error.
  public init(_ description: String) { self.description = description }
}
