import LossCore
import LossKernels

/// log softmax of each row of `[rows, width]`: yⱼ = xⱼ − log Σₖ exp xₖ.
///
/// Accurate to rounding relative to y, also where a probability is close to 1. As
/// `torch.nn.functional.log_softmax`.
///
/// - Throws: ``InputError`` where the shape isn't `[rows, width]` or a logit isn't finite.
public func logSoftmax<Scalar: LossScalar>(
  _ logits: Tensor<Scalar>
) throws(InputError) -> Tensor<Scalar> {
  let width = try checkedWidth(of: logits)
  var result = logits
  result.withMutableElements { elements in
    forEachRow(of: logits, width: width) { row, top, rest in
      let largest = logits.elements[row + top]
      let logSum = Scalar.log1p(rest)
      for index in row..<row + width {
        elements[index] = (logits.elements[index] - largest) - logSum
      }
    }
  }
  return result
}

/// The gradient by the logits, given `upstream`, the gradient by the log-probabilities:
/// dxⱼ = gⱼ − softmax(x)ⱼ Σₖ gₖ.
///
/// - Throws: ``InputError`` where the shapes differ or a logit isn't finite.
public func logSoftmaxGradient<Scalar: LossScalar>(
  _ logits: Tensor<Scalar>, upstream: Tensor<Scalar>
) throws(InputError) -> Tensor<Scalar> {
  let width = try checkedWidth(of: logits)
  guard upstream.shape == logits.shape else {
    throw InputError("upstream gradient", "shape \(upstream.shape); expected \(logits.shape)")
  }
  var result = upstream
  result.withMutableElements { elements in
    forEachRow(of: logits, width: width) { row, top, rest in
      let top = row + top
      let largest = logits.elements[top]
      var others: Scalar = 0
      for index in row..<row + width where index != top { others += upstream.elements[index] }
      let sum = upstream.elements[top] + others
      for index in row..<row + width where index != top {
        elements[index] -= sum * Scalar.exp(logits.elements[index], minus: largest) / (1 + rest)
      }
      // The same for the largest, without the difference of two equals where it is almost certain.
      elements[top] = (upstream.elements[top] * rest - others) / (1 + rest)
    }
  }
  return result
}

private func checkedWidth<Scalar: LossScalar>(
  of logits: Tensor<Scalar>
) throws(InputError) -> Int {
  guard logits.shape.count == 2 else {
    throw InputError("logits", "shape \(logits.shape) is not [rows, width]")
  }
  let width = logits.shape[1]
  if let index = firstNonFinite(logits.elements.span) {
    throw InputError(
      "logits row \(index / width), column \(index % width)",
      "\(logits.elements[index]) is not finite")
  }
  return width
}

/// Calls `body` with the start of each row, its largest column m, and Σ_{k≠m} exp(xₖ − x_m).
private func forEachRow<Scalar: LossScalar>(
  of logits: Tensor<Scalar>, width: Int, _ body: (_ row: Int, _ top: Int, _ rest: Scalar) -> Void
) {
  guard width > 0 else { return }
  for row in stride(from: 0, to: logits.count, by: width) {
    let elements = logits.elements[row..<row + width]
    var top = row
    for index in elements.indices where elements[index] > elements[top] { top = index }
    var rest: Scalar = 0
    for index in elements.indices where index != top {
      rest += Scalar.exp(elements[index], minus: elements[top])
    }
    body(row, top - row, rest)
  }
}
