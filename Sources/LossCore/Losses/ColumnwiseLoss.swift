import LossKernels

/// A dense loss in which every element is evaluated by itself, with a number of its column: a weight of its class.
public protocol ColumnwiseLoss: DenseLoss {
  /// A number a column, or one for all; ``Loss/check(width:)`` refuses another count.
  var columnNumbers: [Double] { get }

  /// The loss of one element, and its derivative by the prediction.
  ///
  /// - Parameter column: The number of the element's column.
  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value, column: Value
  ) -> (value: Value, derivative: Value)
}

extension ColumnwiseLoss {
  /// Each element has a value of its own.
  public var evaluatesElements: Bool { true }

  /// Evaluates each element of the block by the formula.
  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.evaluateElements(columns: columnNumbers) { evaluate($0, against: $1, column: $2) }
  }
}
