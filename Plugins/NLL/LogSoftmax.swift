import LossCore
import LossKernels

/// log softmax of each row of `[rows, width]`: yⱼ = xⱼ − log Σₖ exp xₖ.
///
/// Accurate to rounding relative to y, also where a probability is close to 1. As
/// `torch.nn.functional.log_softmax`.
///
/// - Throws: ``InputError`` where the shape isn't `[rows, width]` or a logit isn't finite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func logSoftmax<Scalar: LossScalar>(
  _ logits: Tensor<Scalar>, workers: Workers = .standard
) throws(InputError) -> Tensor<Scalar> {
  try mapRows(of: logits, workers) { _, logits, width, result in
    mapSoftmax(logits, width: width, into: &result) { x, largest, logSum in
      (x - largest) - logSum
    }
  }
}

/// The gradient by the logits, given `upstream`, the gradient by the log-probabilities:
/// dxⱼ = gⱼ − softmax(x)ⱼ Σₖ gₖ.
///
/// - Throws: ``InputError`` where the shapes differ or a logit isn't finite.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func logSoftmaxGradient<Scalar: LossScalar>(
  _ logits: Tensor<Scalar>, upstream: Tensor<Scalar>, workers: Workers = .standard
) throws(InputError) -> Tensor<Scalar> {
  guard upstream.shape == logits.shape else {
    throw InputError("upstream gradient", "shape \(upstream.shape); expected \(logits.shape)")
  }
  return try mapRows(of: logits, workers) { rows, logits, width, result in
    let upstream = upstream.elements.span.extracting(
      rows.lowerBound * width..<rows.upperBound * width)
    mapSoftmaxSlopes(logits, upstream: upstream, width: width, into: &result) { slope($0) }
  }
}

/// The gradient by a logit.
@inline(__always)
private func slope<Value: FormulaValue>(_ of: SoftmaxSlope<Value>) -> Value {
  let total = 1 + of.others
  let sure = (of.upstream * of.others - of.sumOfOthers) / total
  let general =
    of.upstream - (of.sumOfLargest + of.sumOfOthers) / total * of.exponential
  // For a single largest logit with most of the probability both are the same, but the first without the
  // difference of two equals.
  return .select(of.isLargest & (of.others < 1), sure, else: general)
}

/// A tensor of the same shape, made block by block of rows.
@inline(__always)
private func mapRows<Scalar: LossScalar>(
  of logits: Tensor<Scalar>, _ workers: Workers,
  _ map: @escaping @Sendable (Range<Int>, Span<Scalar>, Int, inout MutableSpan<Scalar>) -> Void
) throws(InputError) -> Tensor<Scalar> {
  guard logits.shape.count == 2 else {
    throw InputError("logits", "shape \(logits.shape) is not [rows, width]")
  }
  let width = logits.shape[1]
  if let index = firstNonFinite(logits.elements.span) {
    throw InputError(
      "logits row \(index / width), column \(index % width)",
      "\(logits.elements[index]) is not finite")
  }
  guard logits.count > 0 else { return logits }
  let scores = scoreContiguousRows(
    logits.shape[0], width: width, of: logits.elements, gradient: false, values: true,
    valuesPerRow: width, on: workers
  ) { rows, logits, result, _ in
    map(rows, logits, width, &result)
    return 0
  }
  guard let values = scores?.values,
    let result = try? Tensor(shape: logits.shape, elements: values)
  else { throw InputError("logits", "shape \(logits.shape) doesn't fit the elements") }
  return result
}
