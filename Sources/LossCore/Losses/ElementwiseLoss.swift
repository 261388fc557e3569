import LossKernels

/// A dense loss in which every element is scored by itself: the author writes one formula.
public protocol ElementwiseLoss: DenseLoss {
  /// The loss of one element, and its derivative by the prediction.
  ///
  /// Written over a ``FormulaValue``, it is evaluated on several elements at a time.
  func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value)
}

extension ElementwiseLoss {
  /// Each element has a value of its own.
  public var scoresElements: Bool { true }

  /// Scores each element of the block by the formula.
  @inlinable @inline(__always)
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    _ = try scoreBlock(
      predictions, against: targets, width: width, weights: Span(), scale: 1, values: &values,
      gradient: &gradient)
  }

  /// Scores each element of the block by the formula, weighs and adds up in one pass.
  @inlinable @inline(__always)
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    scoreElements(
      predictions, against: targets, weights: weights, scale: scale, values: &values,
      gradient: &gradient
    ) { score($0, against: $1) }
  }
}
