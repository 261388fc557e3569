import Foundation
import LossCore
import ResourceLimits

/// How the reference detector is trained.
public struct TrainingSettings: Component, Equatable {
  /// The rules that move weights.
  enum Optimizer: String, CaseIterable, Sendable {
    case sgd, adam, adamw
  }

  /// How the learning rate changes after the warm-up.
  enum Schedule: String, CaseIterable, Sendable {
    case constant, step, cosine
  }

  static let steps = Parameter(
    "steps", .integer(.between(1, Double(Limits.steps))), default: 1200,
    help: "Batches to train on.")
  static let batch = Parameter(
    "batch", .integer(.between(1, Double(Limits.batchImages))), default: 8,
    help: "Images of a batch.")
  static let optimizer = Parameter(
    "optimizer", .choice, default: Optimizer.adamw, help: "The rule that moves weights.")
  static let rate = Parameter(
    "rate", .number(.above(0)), default: 0.001, help: "The learning rate after the warm-up.")
  /// At 1 an average never changes, and adam divides by 0.
  private static let mostMomentum = 0.99999
  static let momentum = Parameter(
    "momentum", .number(.between(0, mostMomentum)), default: 0.9,
    help: "Momentum of sgd, or the first beta of adam.")
  static let secondMomentum = Parameter(
    "beta2", .number(.between(0, mostMomentum)), default: 0.999,
    help: "The second beta of adam.")
  static let epsilon = Parameter(
    "epsilon", .number(.above(0)), default: 1e-8, help: "Added to adam's denominator.")
  static let weightDecay = Parameter(
    "weight_decay", .number(.atLeast(0)), default: 0.05,
    help: "Decay of factors; not of biases.")
  static let schedule = Parameter(
    "schedule", .choice, default: Schedule.cosine,
    help: "How the rate changes after the warm-up.")
  static let warmup = Parameter(
    "warmup_steps", .integer(.between(0, Double(Limits.steps))), default: 100,
    help: "Steps of the warm-up.")
  static let lowersAt = Parameter(
    "step_at", .list(of: .number(.between(0, 1))), default: [0.67, 0.89],
    help: "Shares of the steps after which schedule step lowers the rate.")
  static let factor = Parameter(
    "factor", .number(.above(0)), default: 0.1,
    help: "What schedule step multiplies the rate by.")
  static let gradientLimit = Parameter(
    "gradient_clip", .number(.atLeast(1e-30)), default: 10,
    help: "The gradient is scaled down to this norm over all weights.")
  static let flipsHorizontally = Parameter(
    "horizontal_flip", .boolean, default: true, help: "Whether half of the images are mirrored.")
  static let flipsVertically = Parameter(
    "vertical_flip", .boolean, default: true, help: "Whether half of them are turned upside down.")
  static let logInterval = Parameter(
    "log_every", .integer(.atLeast(1)), default: 20, help: "Steps between lines of the log.")
  static let evaluationInterval = Parameter(
    "evaluate_every", .integer(.atLeast(1)), default: nil,
    help: "Steps between evaluations; null for one at the end.")
  static let checkpointInterval = Parameter(
    "checkpoint_every", .integer(.atLeast(1)), default: 200, help: "Steps between checkpoints.")

  /// The parameters, as the `training` object of a model file has them.
  public static let declaration = Declaration(
    name: "training",
    summary: "Optimizer, schedule, batches and flips.",
    formula: """
      sgd:   v = momentum v + g + weight_decay w;  w -= rate v
      adam:  g += weight_decay w;  w -= rate m / (sqrt(v) + epsilon), both averages unbiased
      adamw: as adam with g alone, and w -= rate weight_decay w
      rate grows linearly over warmup_steps; then constant, or times factor at each of step_at, or
      rate (1 + cos(pi t)) / 2 for t from 0 to 1
      """,
    source: "Kingma and Ba 2015, arXiv:1412.6980; Loshchilov and Hutter 2019, arXiv:1711.05101",
    parameters: [
      steps, batch, optimizer, rate, momentum, secondMomentum, epsilon, weightDecay, schedule,
      warmup, lowersAt, factor, gradientLimit, flipsHorizontally, flipsVertically, logInterval,
      evaluationInterval, checkpointInterval,
    ])

  /// Batches to train on.
  public internal(set) var steps: Int
  /// Images of a batch.
  public let batch: Int
  let optimizer: Optimizer
  let rate: Double
  let momentum: Double
  let secondMomentum: Double
  let epsilon: Double
  let weightDecay: Double
  let schedule: Schedule
  let warmup: Int
  let lowersAt: [Double]
  let factor: Double
  let gradientLimit: Double
  let flipsHorizontally: Bool
  let flipsVertically: Bool
  /// Steps between lines of the log.
  public let logInterval: Int
  /// Steps between evaluations; `nil` for one at the end.
  public let evaluationInterval: Int?
  /// Steps between checkpoints.
  public let checkpointInterval: Int

  public init(parameters: Parameters) {
    steps = parameters[Self.steps]
    batch = parameters[Self.batch]
    optimizer = parameters[Self.optimizer]
    rate = parameters[Self.rate]
    momentum = parameters[Self.momentum]
    secondMomentum = parameters[Self.secondMomentum]
    epsilon = parameters[Self.epsilon]
    weightDecay = parameters[Self.weightDecay]
    schedule = parameters[Self.schedule]
    warmup = parameters[Self.warmup]
    lowersAt = parameters[Self.lowersAt]
    factor = parameters[Self.factor]
    gradientLimit = parameters[Self.gradientLimit]
    flipsHorizontally = parameters[Self.flipsHorizontally]
    flipsVertically = parameters[Self.flipsVertically]
    logInterval = parameters[Self.logInterval]
    evaluationInterval = parameters[Self.evaluationInterval]
    checkpointInterval = parameters[Self.checkpointInterval]
  }
}

extension TrainingSettings {
  /// What is probably wrong with the settings, though one can train with them: a warm-up as long as the
  /// training, or longer.
  public var warnings: [InputError] {
    guard warmup >= steps else { return [] }
    return [
      InputError(
        "training.warmup_steps",
        "is \(warmup), but the training has \(steps == 1 ? "1 step" : "\(steps) steps"), so that the rate never reaches "
          + "\(ParameterValue.number(rate)); lower it, or train for longer")
    ]
  }

  /// The learning rate of a step, counted from 0.
  func rate(step: Int) -> Double {
    guard step >= warmup else { return rate * Double(step + 1) / Double(warmup + 1) }
    let progress = Double(step) / Double(steps)
    switch schedule {
    case .constant:
      return rate
    case .step:
      return lowersAt.reduce(rate) { progress >= $1 ? $0 * factor : $0 }
    case .cosine:
      let t = Double(step - warmup) / Double(max(1, steps - warmup))
      return rate * (1 + cos(.pi * min(1, t))) / 2
    }
  }
}
