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
      .integer("steps", default: 1200, .between(1, Double(Limits.steps)), "Batches to train on."),
      .integer("batch", default: 8, .between(1, Double(Limits.batchImages)), "Images of a batch."),
      Parameter(
        "optimizer", .choice(Optimizer.allCases.map(\.rawValue)), default: "adamw",
        "The rule that moves weights."),
      .number("rate", default: 0.001, .above(0), "The learning rate after the warm-up."),
      .number(
        "momentum", default: 0.9, .between(0, 1), "Momentum of sgd, or the first beta of adam."),
      .number("beta2", default: 0.999, .between(0, 1), "The second beta of adam."),
      .number("epsilon", default: 1e-8, .above(0), "Added to adam's denominator."),
      .number("weight_decay", default: 0.05, .atLeast(0), "Decay of factors; not of biases."),
      Parameter(
        "schedule", .choice(Schedule.allCases.map(\.rawValue)), default: "cosine",
        "How the rate changes after the warm-up."),
      .integer(
        "warmup_steps", default: 100, .between(0, Double(Limits.steps)), "Steps of the warm-up."),
      .numbers(
        "step_at", default: [0.67, 0.89], .between(0, 1),
        "Shares of the steps after which schedule step lowers the rate."),
      .number("factor", default: 0.1, .above(0), "What schedule step multiplies the rate by."),
      .number(
        "gradient_clip", default: 10, .above(0),
        "The gradient is scaled down to this norm over all weights."),
      .boolean("horizontal_flip", default: true, "Whether half of the images are mirrored."),
      .boolean("vertical_flip", default: true, "Whether half of them are turned upside down."),
      .integer("log_every", default: 20, .atLeast(1), "Steps between lines of the log."),
      .integer(
        "evaluate_every", default: .null, .atLeast(1),
        "Steps between evaluations; null for one at the end."),
      .integer("checkpoint_every", default: 200, .atLeast(1), "Steps between checkpoints."),
    ])

  /// Batches to train on.
  public let steps: Int
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
  /// Steps between evaluations; nothing for one at the end.
  public let evaluationInterval: Int?
  /// Steps between checkpoints.
  public let checkpointInterval: Int

  /// Makes settings from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    steps = try parameters.integer("steps")
    batch = try parameters.integer("batch")
    optimizer = Optimizer(rawValue: try parameters.string("optimizer")) ?? .adamw
    rate = try parameters.number("rate")
    momentum = try parameters.number("momentum")
    secondMomentum = try parameters.number("beta2")
    epsilon = try parameters.number("epsilon")
    weightDecay = try parameters.number("weight_decay")
    schedule = Schedule(rawValue: try parameters.string("schedule")) ?? .cosine
    warmup = try parameters.integer("warmup_steps")
    lowersAt = try parameters.numbers("step_at")
    factor = try parameters.number("factor")
    gradientLimit = try parameters.number("gradient_clip")
    flipsHorizontally = try parameters.boolean("horizontal_flip")
    flipsVertically = try parameters.boolean("vertical_flip")
    logInterval = try parameters.integer("log_every")
    evaluationInterval = try parameters.optionalInteger("evaluate_every")
    checkpointInterval = try parameters.integer("checkpoint_every")
  }
}
