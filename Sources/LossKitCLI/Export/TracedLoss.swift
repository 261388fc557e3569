import LossKernels
import LossKit

/// A loss that wrote down its operations.
struct TracedLoss {
  /// Whether rows are boxes; else elements have a value each.
  let isOfBoxes: Bool
  /// The value.
  let value: TracedValue
  /// The derivatives by the prediction, or by the four coordinates of the predicted box.
  let derivatives: [TracedValue]
  /// Whether the derivatives follow from the value.
  let derivesItself: Bool
  /// The parts that have names.
  let parts: [(name: String, value: TracedValue)]

  /// Traces a loss; `nil` if it isn't a formula of an element, or of two boxes, alone.
  init?(_ loss: any Loss) {
    // What a row counts depends on the others.
    if loss is any StatefulLoss { return nil }
    if let loss = loss as? any BoxPairLoss {
      let (prediction, target) = (Self.box(""), Self.box("t."))
      value = loss.loss(prediction, against: target)
      let derivatives = loss.loss(prediction.variable, against: target.constant).derivatives
      self.derivatives = derivatives.all.map { $0 ?? 0 }
      isOfBoxes = true
      derivesItself = true
      parts = []
      return
    }
    let variables = [
      "prediction": TracedValue(variable: "prediction"), "target": TracedValue(variable: "target"),
    ]
    let (prediction, target) = (
      TracedValue(variable: "prediction"), TracedValue(variable: "target")
    )
    let result: (value: TracedValue, derivative: TracedValue)
    switch loss {
    case let loss as any ElementwiseLoss: result = loss.evaluate(prediction, against: target)
    case let loss as any ColumnwiseLoss where loss.columnNumbers.count == 1:
      let column = TracedValue(loss.columnNumbers[0])
      result = loss.evaluate(prediction, against: target, column: column)
    default: return nil
    }
    let formula = (loss as? ElementFormulaLoss)?.formula
    let written = formula.flatMap { $0.derivative == nil ? $0.evaluate(variables).value : nil }
    let own = written ?? (loss as? any FormulaLoss)?.loss(prediction, against: target)
    // A loss may evaluate something else than what its value alone says, by its parameters.
    let isOwn = own.map {
      FormulaSteps<Double>([$0]).steps == FormulaSteps<Double>([result.value]).steps
    }
    derivesItself = isOwn ?? false
    value = derivesItself ? own ?? result.value : result.value
    derivatives = [result.derivative]
    isOfBoxes = false
    parts = formula?.partValues(variables) ?? []
  }

  private static func box(_ prefix: String) -> FormulaBox<TracedValue> {
    FormulaBox(
      TracedValue(variable: prefix + "x1"), TracedValue(variable: prefix + "y1"),
      TracedValue(variable: prefix + "x2"), TracedValue(variable: prefix + "y2"))
  }

  /// What derivatives are called in a listing.
  var derivativeNames: [String] {
    isOfBoxes ? ["dl_dx1", "dl_dy1", "dl_dx2", "dl_dy2"] : ["dl_dprediction"]
  }

  /// Value and derivatives in few operations, a line each.
  var listing: [String] {
    let named =
      parts + [("l", value)]
      + zip(derivativeNames, derivatives).map { ($0, $1) }
    let simplified = zip(named, named.map(\.value).simplified).map { ($0.name, $1) }
    return FormulaListing(simplified, in: .formula).lines.map { "\($0.name) = \($0.text)" }
  }
}
