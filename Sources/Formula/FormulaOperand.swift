import LossKernels

/// What a part of a formula comes to.
enum FormulaOperand<Value: FormulaValue> {
  /// A number, and which one it is if that doesn't depend on variables.
  case number(Value, known: Double?)
  case condition(Value.Mask)
  /// What has an error, which is told once.
  case broken
}
