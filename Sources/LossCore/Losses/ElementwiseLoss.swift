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

  /// Evaluates each element of the block by the formula, which isn't compiled into it.
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    evaluateElements(&block)
  }

  @_alwaysEmitIntoClient @inline(__always)
  func evaluateElements<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) {
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

// The formula compiled for a scalar type and an instruction set; see ``BlockFormula``.

extension ElementwiseLoss {
  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in self.evaluateElements(&block) }
  }

  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var doubleFunction: BlockFunction<Double> {
    { block throws(InputError) in self.evaluateElements(&block) }
  }
}

extension AVX2Formula where Self: ElementwiseLoss {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx2Function: BlockFunction<Float> {
    { block throws(InputError) in self.evaluateElements(&block) }
  }
}

extension AVX512Formula where Self: ElementwiseLoss {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx512Function: BlockFunction<Float> {
    { block throws(InputError) in self.evaluateElements(&block) }
  }
}
