import LossKernels

/// A dense loss in which every element is scored by itself: the author writes one formula.
public protocol ElementwiseLoss: DenseLoss {
  /// The loss of one element, and its derivative by the prediction.
  func score<Scalar: RealScalar>(
    _ prediction: Scalar, against target: Scalar
  ) -> (value: Scalar, slope: Scalar)
}

extension ElementwiseLoss {
  /// Each element has a value of its own.
  public var scoresElements: Bool { true }

  /// Scores each element of the block by the formula.
  @inlinable
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    if gradient.isEmpty {
      for index in predictions.indices {
        values[index] = score(predictions[index], against: targets[index]).value
      }
    } else {
      for index in predictions.indices {
        (values[index], gradient[index]) = score(predictions[index], against: targets[index])
      }
    }
  }
}
