import LossKit

/// `huber` with its derivative written by hand: what a formula costs is measured against it.
struct HandWrittenHuberLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "huber_by_hand", summary: "Huber loss, its derivative by hand.",
    formula: HuberLoss.declaration.formula, source: HuberLoss.declaration.source)

  init(parameters: Parameters) {}

  var readsDifference: Bool { true }

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    let size = Value.abs(x)
    let sign = Value.select(x > 0, 1, else: .select(x < 0, -1, else: 0))
    return (.select(size <= 1, 0.5 * x * x, else: size - 0.5), .select(size <= 1, x, else: sign))
  }
}

/// `bce_with_logits` with its derivative written by hand, sharing all that value and derivative have in common.
struct HandWrittenBCEWithLogitsLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "bce_with_logits_by_hand",
    summary: "Binary cross-entropy on logits, its derivative by hand.",
    formula: BCEWithLogitsLoss.declaration.formula, source: BCEWithLogitsLoss.declaration.source)

  init(parameters: Parameters) {}

  func evaluate<Value: FormulaValue>(
    _ x: Value, against y: Value
  ) -> (value: Value, derivative: Value) {
    let logOnePlusE = Value.softplus(-.abs(x))
    let small = Value.sigmoid(-.abs(x))
    let large = 1 - small
    let negative = 1 - y
    return (
      y * (.max(-x, 0) + logOnePlusE) + negative * (.max(x, 0) + logOnePlusE),
      .select(x < 0, negative * small - y * large, else: negative * large - y * small)
    )
  }
}

extension Registry {
  /// These components, and the rivals by hand of some losses.
  func withRivals() throws -> Registry {
    var registry = self
    try registry.register(HandWrittenHuberLoss.self)
    try registry.register(HandWrittenBCEWithLogitsLoss.self)
    return registry
  }
}
