import Bench
import CommandLineKit
import LossKit

extension Invocation {
  /// The values of parameters that `--set` gives.
  func parameterValues(_ settings: [JSONSetting]) throws -> [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for setting in settings {
      let (name, value) = try setting.parameter
      values[name] = value
    }
    return values
  }

  /// The loss with parameters.
  func made(
    _ entry: Catalog<any Loss>.Entry, _ values: [String: ParameterValue]
  ) throws -> any Loss {
    do throws(ParameterErrors) {
      return try entry.make(values)
    } catch {
      if error.errors.contains(where: { $0.excerpt != nil }) {
        throw SettingErrors(errors: error.errors)
      }
      throw UsageError("--set: " + error.errors.map { "\($0)" }.joined(separator: "; "))
    }
  }
}

/// What is wrong in the texts of formulas that `--set` gives.
struct SettingErrors: LinedError {
  let errors: [ParameterError]

  var lines: [String] {
    errors.flatMap { error in
      "\(error)".split(separator: "\n").enumerated().map { $0 == 0 ? "--set: \($1)" : String($1) }
    }
  }
}

/// What a call of `losskit try` asks for.
extension Invocation {
  /// Tries the loss, and prints what came of it.
  func tryLoss<Scalar: LossScalar>(over: Scalar.Type) throws {
    let loss = try loss()
    if let random = try randomNumbers(for: loss) {
      try report(TrialSummary(try trial(of: loss, on: random) as Trial<Scalar>, random))
    } else {
      try report(TrialRows(try typedTrial(of: loss) as Trial<Scalar>))
    }
  }

  private func report(_ report: some TrialReport) throws {
    if try self[Options.json] {
      try output.print(json: report.node)
    } else {
      try output.print(report.table.text(style: output.standardOutput.style))
    }
  }

  /// The loss with its parameters.
  private func loss() throws -> any Loss {
    let entry = try registry.losses.loss(named: try self[TryOptions.loss])
    return try made(entry, try parameterValues(try self[TryOptions.settings]))
  }

  /// The numbers to draw, or `nil` if numbers were typed.
  private func randomNumbers(for loss: any Loss) throws -> RandomNumbers? {
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
    return try RandomNumbers(
      rows: rows, width: width ?? loss.columns(classes: 1), seed: seed ?? 0)
  }

  private func trial<Scalar: LossScalar>(
    of loss: any Loss, on random: RandomNumbers
  ) throws -> Trial<Scalar> {
    Trial(
      loss: loss, predictions: try input(try random.predictions(for: loss)),
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
}
