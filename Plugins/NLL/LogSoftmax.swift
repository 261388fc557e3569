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
  let isGradient = !upstream.isEmpty
  let function = Scalar.function(
    of: LogSoftmax(isGradient: isGradient), with: workers.instructions)
  let evaluateRows = Scalar.rowFunction(with: workers.instructions)
  let results = forEachContiguousBlock(
    logits.shape[0], width: width, of: logits.elements, gradient: isGradient,
    values: !isGradient, valuesPerRow: width, on: workers
  ) { rows, logits, values, gradient in
    let elements = rows.lowerBound * width..<rows.upperBound * width
    let targets = upstream.span.extracting(isGradient ? elements : 0..<0)
    let sum = try? evaluateRows(
      logits, targets, Span(), width, isGradient ? 1 : width, Span(), 1, &values, &gradient,
      function)
    return sum?.isFinite == true ? 0 : .nan
  }
  if results?.total.isNaN == true, let index = firstNonFinite(logits.elements.span) {
    throw InputError(
      "logits row \(index / width), column \(index % width)",
      "\(logits.elements[index]) is not finite")
  }
  guard let values = isGradient ? results?.gradient : results?.values,
    let result = try? Tensor(shape: logits.shape, elements: values)
  else { throw InputError("logits", "shape \(logits.shape) doesn't fit the elements") }
  return result
}

/// ``logSoftmax(_:workers:)`` of a block of rows, as values; or its gradient, as derivatives, given the
/// gradient by the log-probabilities as targets.
public struct LogSoftmax: BlockFormula {
  @usableFromInline
  let isGradient: Bool

  init(isGradient: Bool) {
    self.isGradient = isGradient
  }

  /// Maps logits to log-probabilities, or makes the gradient by them.
  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    if isGradient {
      block.evaluateLogSoftmaxGradient()
    } else {
      block.evaluateLogSoftmax()
    }
  }
}
