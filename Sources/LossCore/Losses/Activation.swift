import LossKernels

/// What turns a row of predictions into probabilities.
public enum Activation: String, Sendable {
  /// Nothing: the predictions are used as they are.
  case identity
  /// exp(xⱼ) / Σ exp(xₖ) over the row.
  case softmax
  /// 1 / (1 + exp(−x)) of each element.
  case sigmoid
  /// exp(x) of each element: the predictions are log-probabilities.
  case exponential
}

extension Activation {
  /// Replaces a row of predictions by probabilities.
  public func apply<Scalar: LossScalar>(to row: inout [Scalar]) {
    apply(to: &row, width: row.count)
  }

  /// Replaces rows of `width` predictions by probabilities.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func apply<Scalar: LossScalar>(to rows: inout [Scalar], width: Int) {
    switch self {
    case .identity: break
    case .sigmoid: replaceEach(&rows) { .sigmoid($0) }
    case .exponential: replaceEach(&rows) { .exp($0) }
    case .softmax:
      for start in stride(from: 0, to: rows.count, by: max(1, width)) {
        logSoftmax(&rows, in: start..<start + width)
      }
      replaceEach(&rows) { .exp($0) }
    }
  }
}

/// Replaces a row of logits by log-probabilities: x − log Σ exp(xₖ).
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func logSoftmax<Scalar: LossScalar>(_ rows: inout [Scalar], in range: Range<Int>) {
  let largest = rows[range].max() ?? 0
  let sum = rows[range].reduce(0) { $0 + Scalar.exp($1 - largest) }
  let logSum = largest + Scalar.log(sum)
  for index in range { rows[index] -= logSum }
}
