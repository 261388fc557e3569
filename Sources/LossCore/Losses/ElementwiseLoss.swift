import LossKernels

/// A dense loss in which every element is evaluated by itself: the author writes one formula.
public protocol ElementwiseLoss: DenseLoss {
  /// The loss of one element, and its derivative by the prediction.
  ///
  /// Written over a ``FormulaValue``, it is evaluated on several elements at a time.
  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value)
}

extension ElementwiseLoss {
  /// Each element has a value of its own.
  public var evaluatesElements: Bool { true }

  /// Evaluates each element of the block by the formula.
  @inlinable @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.evaluateElements { evaluate($0, against: $1) }
  }
}

/// An element-wise loss whose author writes its value alone; the exact derivative follows from it.
///
/// The formula runs on ``Dual`` numbers. If a derivative by hand would keep more digits than the chain
/// rule does, or follow another convention, conform to ``ElementwiseLoss`` and write it beside the value.
public protocol FormulaLoss: ElementwiseLoss {
  /// The loss of one element.
  func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value
}

extension FormulaLoss {
  /// The loss of one element, and its derivative by the prediction.
  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    differentiate(at: prediction) { loss($0, against: Dual(target)) }
  }
}
