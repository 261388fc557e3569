import LossKernels

// What rows go through before a loss reads them, and its gradient after.

/// The rows of an identity matrix for the classes, the first of which, the background, has no column; each
/// times its score, where there are any.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func oneHot<Scalar: RealScalar>(
  _ classes: Span<Int32>, scores: Span<Scalar> = Span(), width: Int
) -> [Scalar] {
  var result = [Scalar](repeating: 0, count: classes.count * width)
  for row in classes.indices where classes[row] > 0 {
    result[row * width + Int(classes[row]) - 1] = scores.isEmpty ? 1 : scores[row]
  }
  return result
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func weightedDifferences<Scalar: RealScalar>(
  _ predictions: Span<Scalar>, _ targets: Span<Scalar>, _ weights: Span<Scalar>
) -> [Scalar] {
  predictions.indices.map { weights[$0] * (predictions[$0] - targets[$0]) }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func multiply<Scalar: RealScalar>(
  _ elements: inout MutableSpan<Scalar>, by weights: Span<Scalar>
) {
  for index in elements.indices { elements[index] *= weights[index] }
}

/// Each number `count` times in a row.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func repeated<Scalar: RealScalar>(_ numbers: Span<Scalar>, times count: Int) -> [Scalar] {
  var result: [Scalar] = []
  result.reserveCapacity(numbers.count * count)
  for index in numbers.indices {
    for _ in 0..<count { result.append(numbers[index]) }
  }
  return result
}
