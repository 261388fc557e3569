import LossKernels

/// An element-wise loss whose author writes its value alone; the exact slope is derived from it.
///
/// The formula runs on ``Dual`` numbers. Where a slope by hand would keep more digits than the chain
/// rule does, or follow another convention, conform to ``ElementwiseLoss`` and write it beside the value.
public protocol FormulaLoss: ElementwiseLoss {
  /// The loss of one element.
  func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value
}

extension FormulaLoss {
  /// The loss of one element, and its derivative by the prediction.
  @inlinable @inline(__always)
  public func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value) {
    differentiate(at: prediction) { loss($0, against: Dual(target)) }
  }
}
