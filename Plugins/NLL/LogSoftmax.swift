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
  try mapRows(of: logits, upstream: [], workers)
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
  return try mapRows(of: logits, upstream: upstream.elements, workers)
}

/// A tensor of the same shape, made block by block of rows: the gradient where there is an upstream one.
@inline(__always)
private func mapRows<Scalar: LossScalar>(
  of logits: Tensor<Scalar>, upstream: [Scalar], _ workers: Workers
) throws(InputError) -> Tensor<Scalar> {
  guard logits.shape.count == 2 else {
    throw InputError("logits", "shape \(logits.shape) is not [rows, width]")
  }
  let width = logits.shape[1]
  guard logits.count > 0 else { return logits }
  let form = Scalar.form(of: LogSoftmax(), with: workers.instructions)
  let scores = scoreContiguousRows(
    logits.shape[0], width: width, of: logits.elements, gradient: false, values: true,
    valuesPerRow: width, on: workers
  ) { rows, logits, result, _ in
    let elements = rows.lowerBound * width..<rows.upperBound * width
    let upstream = upstream.span.extracting(upstream.isEmpty ? 0..<0 : elements)
    return form(logits, upstream, width, &result) ? 0 : .nan
  }
  if scores?.total.isNaN == true, let index = firstNonFinite(logits.elements.span) {
    throw InputError(
      "logits row \(index / width), column \(index % width)",
      "\(logits.elements[index]) is not finite")
  }
  guard let values = scores?.values,
    let result = try? Tensor(shape: logits.shape, elements: values)
  else { throw InputError("logits", "shape \(logits.shape) doesn't fit the elements") }
  return result
}

/// ``logSoftmax(_:workers:)`` and its gradient on a block of rows.
public struct LogSoftmax: RowMap {
  /// Maps logits to log-probabilities, or makes the gradient by them.
  @inlinable @inline(__always)
  public func map<Scalar: RealScalar>(
    _ rows: Span<Scalar>, upstream: Span<Scalar>, width: Int,
    into result: inout MutableSpan<Scalar>
  ) -> Bool {
    if upstream.isEmpty {
      mapSoftmax(rows, width: width, into: &result) { x, largest, logSum in
        (x - largest) - logSum
      }
    } else {
      mapSoftmaxSlopes(rows, upstream: upstream, width: width, into: &result) { slope($0) }
    }
  }

  /// The gradient by a logit.
  @inlinable @inline(__always)
  func slope<Value: FormulaValue>(_ of: SoftmaxSlope<Value>) -> Value {
    let total = 1 + of.others
    let sure = (of.upstream * of.others - of.sumOfOthers) / total
    let general =
      of.upstream - (of.sumOfLargest + of.sumOfOthers) / total * of.exponential
    // For a single largest logit with most of the probability both are the same, but the first without
    // the difference of two equals.
    return .select(of.isLargest & (of.others < 1), sure, else: general)
  }
}
