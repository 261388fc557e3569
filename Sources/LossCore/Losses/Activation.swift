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
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func apply<Scalar: LossScalar>(to row: inout [Scalar]) {
    switch self {
    case .identity: break
    case .sigmoid:
      for column in row.indices { row[column] = Scalar.sigmoid(row[column]) }
    case .exponential:
      for column in row.indices { row[column] = Scalar.exp(row[column]) }
    case .softmax:
      logSoftmax(&row)
      Activation.exponential.apply(to: &row)
    }
  }
}

/// Replaces a row of logits by log-probabilities: x − log Σ exp(xₖ).
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
package func logSoftmax<Scalar: LossScalar>(_ row: inout [Scalar]) {
  let largest = row.max() ?? 0
  let sum = row.reduce(0) { $0 + Scalar.exp($1 - largest) }
  let logSum = largest + Scalar.log(sum)
  for column in row.indices { row[column] -= logSum }
}
