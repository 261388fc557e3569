/// What the rows of a prediction are scored against.
public enum RowTargets<Scalar: LossScalar>: Sendable {
  /// A class index a row; a negative one marks a row that is left out.
  case classes([Int32])
  /// `[rows, width]` numbers in row-major order.
  case dense([Scalar])
}

/// How much the rows of a prediction, or their elements, count.
public enum RowWeights<Scalar: LossScalar>: Sendable {
  /// Everything counts 1.
  case ones
  /// One weight a row.
  case rows([Scalar])
  /// One weight an element, `[rows, width]` in row-major order.
  case elements([Scalar])
}
