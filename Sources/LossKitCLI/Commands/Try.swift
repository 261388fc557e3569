import CommandLineKit
import LossKit

import struct CommandLineKit.Parameter

extension Command {
  /// `losskit try`.
  static let `try` = Command(
    "try", summary: "Try a loss on numbers that you type, or on random ones.",
    discussion: """
      Numbers stand apart by spaces or commas, rows by semicolons; an option given again adds rows. \
      Targets are a class a row, or a number for each prediction: where the loss takes both, as many \
      targets as rows are classes. For a loss that has no column for the background, such as \
      bce_with_logits, class 0 is the background and class 1 the first column. Weights are one a row, or one a prediction. The gradient is that \
      of the reduced value by the predictions as the loss reads them, after --input.
      """,
    parameters: [
      TryOptions.loss, TryOptions.predictions, TryOptions.targets, TryOptions.targetKind,
      TryOptions.weights, TryOptions.insideWeights, TryOptions.reduction, TryOptions.settings,
      TryOptions.input, TryOptions.random, TryOptions.width, TryOptions.seed, TryOptions.double,
      Options.threads, Options.json,
    ],
    examples: [
      Example(
        "losskit try softmax_cross_entropy --predictions \"1 2 3\" --targets 2",
        "The probabilities of three logits, and the loss where class 2 is meant."),
      Example(
        "losskit try nll --input log --predictions \"0.1 0.1 0.1 0.6 0.1\" --targets 3",
        "The negative logarithm of 0.6."),
      Example(
        "losskit try smooth_l1 --set beta=0.1 --predictions \"0.3 -2\" --targets \"0 0\"",
        "A parameter set; a target for each prediction."),
      Example(
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
private enum TryOptions {
  static let loss = Parameter.required(.text("LOSS"), help: "The name of a loss.")
  static let predictions = Parameter.repeatableOption(
    "predictions", .numbers, help: "Rows of predictions, such as \"1 2 3; 4 5 6\".")
  static let targets = Parameter.repeatableOption(
    "targets", .numbers, help: "What the rows are scored against.")
  static let targetKind = Parameter.option(
    "target-kind", .choice("KIND", from: ["classes", "dense"]),
    help: "Whether targets are a class a row (classes) or a number a prediction (dense).")
  static let weights = Parameter.repeatableOption(
    "weights", .numbers, help: "What the values are multiplied by.")
  static let insideWeights = Parameter.repeatableOption(
    "inside-weights", .numbers,
    help: "What prediction - target is multiplied by before the loss.")
  static let reduction = Parameter.option(
    "reduction", .choice("HOW", from: Reduction.allCases.map(\.rawValue)),
    default: Reduction.mean.rawValue,
    help: "How the values become one: \(list(Reduction.allCases.map(\.rawValue))).")
  static let settings = Parameter.repeatableOption(
    "set", .setting("NAME=VALUE"), help: "Set a parameter of the loss, such as beta=0.1.")
  static let input = Parameter.option(
    "input", .choice("HOW", from: InputTransform.allCases.map(\.rawValue)),
    default: InputTransform.raw.rawValue,
    help: """
      What is applied to the predictions before the loss reads them: \
      \(list(InputTransform.allCases.map(\.rawValue))).
      """)
  static let random = Parameter.option(
    "random", .integer("ROWS", in: 1...RandomTrial.largestCount),
    help: "Draw so many rows of predictions, twice standard normal, and targets that suit.")
  static let width = Parameter.option(
    "width", .integer("W", in: 1...65_536),
    help: "Columns of the rows drawn; as few as the loss takes where left out.")
  static let seed = Parameter.option(
    "seed", .integer("SEED", in: 0 ... .max), help: "Chooses the numbers drawn; 0 where left out.")
  static let double = Parameter.flag("double", help: "Compute in double precision.")

  private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}

extension Invocation {
  fileprivate func tryLoss<Scalar: LossScalar>(over: Scalar.Type) throws {
    let loss = try loss()
    if let random = try randomTrial(of: loss) {
      try report(random, try trial(of: loss, on: random) as Trial<Scalar>)
    } else {
      try report(TrialRows(try typedTrial(of: loss) as Trial<Scalar>))
    }
  }

  private var name: String { get throws { try self[TryOptions.loss] } }

  /// The loss with its parameters.
  private func loss() throws -> any Loss {
    let losses = try Registry.builtIn().losses
    let name = try name
    guard let entry = losses[name] else {
      throw UsageError(
        "no loss is called \(Diagnostic.quote(name)); 'losskit list loss' shows all",
        suggestion: nearestName(to: name, in: losses.names))
    }
    var values: [String: ParameterValue] = [:]
    for setting in try self[TryOptions.settings] {
      guard let name = setting.path.components.first, setting.path.components.count == 1,
        let value = ParameterValue(setting.node)
      else {
        throw UsageError("--set: expected name=value, such as beta=0.1, not \(setting.path)")
      }
      values[name] = value
    }
    do throws(ParameterErrors) {
      return try entry.make(values)
    } catch {
      throw UsageError(error.errors.map { "--set: \($0)" }.joined(separator: "\n"))
    }
  }

  /// The numbers to draw, or nothing where numbers were typed.
  private func randomTrial(of loss: any Loss) throws -> RandomTrial? {
    let width = try self[TryOptions.width]
    let seed = try self[TryOptions.seed]
    let typed = [
      ("--predictions", try self[TryOptions.predictions].isEmpty),
      ("--targets", try self[TryOptions.targets].isEmpty),
      ("--target-kind", try self[TryOptions.targetKind] == nil),
      ("--weights", try self[TryOptions.weights].isEmpty),
      ("--inside-weights", try self[TryOptions.insideWeights].isEmpty),
    ].first { !$0.1 }?.0
    guard let rows = try self[TryOptions.random] else {
      if width != nil || seed != nil {
        throw UsageError("--width and --seed go with --random; give that too, or leave them out")
      }
      return nil
    }
    if let typed { throw UsageError("\(typed) and --random exclude each other; give one") }
    return try RandomTrial(
      rows: rows, width: width ?? loss.columns(classes: 1), seed: UInt64(seed ?? 0))
  }

  private func trial<Scalar: LossScalar>(
    of loss: any Loss, on random: RandomTrial
  ) throws -> Trial<Scalar> {
    Trial(
      loss: loss, predictions: try input(try random.predictions()),
      targets: try random.targets(for: loss), reduction: try reduction, workers: try workers)
  }

  private func typedTrial<Scalar: LossScalar>(of loss: any Loss) throws -> Trial<Scalar> {
    let predictions = NumberRows(try self[TryOptions.predictions])
    let targets = NumberRows(try self[TryOptions.targets])
    if predictions.rows.isEmpty { throw UsageError("missing --predictions, or --random") }
    if targets.rows.isEmpty { throw UsageError("missing --targets") }
    return Trial(
      loss: loss, predictions: try input(try predictions.tensor("--predictions")),
      targets: try self.targets(targets, of: predictions, for: loss),
      weights: try weights(of: predictions), insideWeights: try insideWeights(),
      reduction: try reduction, workers: try workers)
  }

  private var reduction: Reduction {
    get throws { Reduction(rawValue: try self[TryOptions.reduction]) ?? .mean }
  }

  private func input<Scalar: LossScalar>(_ numbers: Tensor<Scalar>) throws -> Tensor<Scalar> {
    let transform = InputTransform(rawValue: try self[TryOptions.input]) ?? .raw
    return try transform(numbers)
  }

  /// Classes or numbers, as asked for; else as the loss takes them.
  private func targets<Scalar: LossScalar>(
    _ targets: NumberRows, of predictions: NumberRows, for loss: any Loss
  ) throws -> LossTargets<Scalar> {
    let kind = try self[TryOptions.targetKind]
    let areClasses =
      kind.map { $0 == "classes" }
      ?? (loss is any ClassLoss
        && (!(loss is any DenseLoss) || targets.numbers.count == predictions.rows.count))
    guard areClasses else { return .dense(try targets.tensor("--targets")) }
    return .classes(
      try targets.numbers.map { number in
        guard let index = Int(exactly: number) else {
          throw UsageError("--targets: \(number) is no class; expected whole numbers from 0")
        }
        return index
      })
  }

  /// A weight a row where there are as many weights as rows of `predictions`, else rows of weights.
  private func weights<Scalar: LossScalar>(of predictions: NumberRows) throws -> Tensor<Scalar>? {
    let weights = NumberRows(try self[TryOptions.weights])
    if weights.rows.isEmpty { return nil }
    return weights.numbers.count == predictions.rows.count
      ? Tensor(weights.numbers.map { Scalar($0) }) : try weights.tensor("--weights")
  }

  private func insideWeights<Scalar: LossScalar>() throws -> Tensor<Scalar>? {
    let weights = NumberRows(try self[TryOptions.insideWeights])
    return weights.rows.isEmpty ? nil : try weights.tensor("--inside-weights")
  }

  private func report<Scalar: LossScalar>(_ rows: TrialRows<Scalar>) throws {
    if try self[Options.json] {
      try output.print(rows.node)
    } else {
      try output.print(rows.table.text(style: output.standardOutput.style))
    }
  }

  private func report<Scalar: LossScalar>(
    _ random: RandomTrial, _ trial: Trial<Scalar>
  ) throws {
    let result = try trial.evaluate(trial.reduction, gradient: true)
    let norm = (result.gradient?.elements.reduce(0) { $0 + Double($1) * Double($1) } ?? 0)
      .squareRoot()
    if try self[Options.json] {
      try output.print([
        "loss": JSONNode(try name),
        "random": [
          "rows": JSONNode(random.rows), "width": JSONNode(random.width),
          "seed": JSONNode(Int(clamping: random.seed)),
        ],
        "reduction": JSONNode(trial.reduction.rawValue),
        "value": JSONNode(finite: result.value),
        "gradient_norm": JSONNode(finite: norm),
      ])
      return
    }
    var table = Table([.init(""), .init("", .decimal)])
    table.append([trial.reduction.title, result.value.formatted(significant: 6)])
    table.append(["gradient norm", norm.formatted(significant: 6)])
    try output.print(table.text(style: output.standardOutput.style))
  }
}
