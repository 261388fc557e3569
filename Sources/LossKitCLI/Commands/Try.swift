import Bench
import CommandLineKit
import LossKit
import ResourceLimits

extension Command {
  /// `losskit try`.
  static let `try` = Command(
    "try", summary: "Try a loss on numbers that you type, or on random ones.",
    discussion: """
      Numbers stand apart by spaces or commas, rows by semicolons; an option given again adds rows. \
      Targets are a class a row, or a number for each prediction: where the loss takes both, as many \
      targets as rows are classes. For a loss that has no column for the background, such as \
      bce_with_logits, class 0 is the background and class 1 the first column. Weights are one a \
      row, or one a prediction. The gradient is that of the reduced value by the predictions as the \
      loss reads them, after --input. JSON has null for a number that is not finite.
      """,
    arguments: [
      TryOptions.loss, TryOptions.predictions, TryOptions.targets, TryOptions.targetKind,
      TryOptions.weights, TryOptions.insideWeights, TryOptions.reduction, TryOptions.settings,
      TryOptions.input, TryOptions.random, TryOptions.width, TryOptions.seed, TryOptions.double,
      Options.plugins, Options.threads, Options.json,
    ],
    examples: [
      UsageExample(
        "losskit try softmax_cross_entropy --predictions \"1 2 3\" --targets 2",
        "The probabilities of three logits, and the loss where class 2 is meant."),
      UsageExample(
        "losskit try nll --input log --predictions \"0.1 0.1 0.1 0.6 0.1\" --targets 3",
        "The negative logarithm of 0.6."),
      UsageExample(
        "losskit try smooth_l1 --set beta=0.1 --predictions \"0.3 -2\" --targets \"0 0\"",
        "A parameter set; a target for each prediction."),
      UsageExample(
        "losskit try bce_with_logits --random 3000000 --seed 1",
        "The mean over 3,000,000 random logits."),
    ]
  ) { call in
    if try call[TryOptions.double] {
      try call.tryLoss(over: Double.self)
    } else {
      try call.tryLoss(over: Float.self)
    }
  }
}

/// What `losskit try` takes.
enum TryOptions {
  static let loss = Argument.required(.loss, help: "The name of a loss.")
  static let predictions = Argument.repeatableOption(
    "predictions", .numbers, help: "Rows of predictions, such as \"1 2 3; 4 5 6\".")
  static let targets = Argument.repeatableOption(
    "targets", .numbers, help: "What the rows are compared with.")
  static let targetKind = Argument.option(
    "target-kind", .choice("KIND", from: ["classes", "dense"]),
    help: "Whether targets are a class a row (classes) or a number a prediction (dense).")
  static let weights = Argument.repeatableOption(
    "weights", .numbers, help: "What the values are multiplied by.")
  static let insideWeights = Argument.repeatableOption(
    "inside-weights", .numbers,
    help: "What prediction - target is multiplied by before the loss.")
  static let reduction = Argument.option(
    "reduction", .choice("HOW", from: Reduction.allCases.map(\.rawValue)),
    default: Reduction.mean.rawValue,
    help: "How the values become one: \(list(Reduction.allCases.map(\.rawValue))).")
  static let settings = Argument.repeatableOption(
    "set", .setting("NAME=VALUE"), help: "Set a parameter of the loss, such as beta=0.1.")
  static let input = Argument.option(
    "input", .choice("HOW", from: InputTransform.allCases.map(\.rawValue)),
    default: InputTransform.raw.rawValue,
    help: """
      What is applied to the predictions before the loss reads them: \
      \(list(InputTransform.allCases.map(\.rawValue))).
      """)
  static let random = Argument.option(
    "random", .integer("ROWS", in: 1...Limits.drawnNumbers),
    help: "Draw so many rows of predictions, twice standard normal, and targets that suit.")
  static let width = Argument.option(
    "width", .integer("W", in: 1...Limits.columns),
    help: "Columns of the rows drawn; as few as the loss takes where left out.")
  static let seed = Argument.option(
    "seed", .integer("SEED", in: 0 ... .max), help: "Chooses the numbers drawn; 0 where left out.")
  static let double = Argument.flag("double", help: "Compute in double precision.")

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
