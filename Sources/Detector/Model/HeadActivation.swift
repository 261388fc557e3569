import LossCore
import LossKernels
import Objective

/// What the numbers of a head's last layer go through, so that they are what a term's loss reads.
enum HeadActivation: Sendable {
  /// Nothing: logits, and deltas.
  case none
  /// log softmax: for a loss that reads log-probabilities.
  case logSoftmax
  /// 1 / (1 + exp(−x)): for a loss on class scores, or on a quality, that implies no activation, and so
  /// reads probabilities.
  case sigmoid

  /// What the loss of `term` asks for.
  init(for term: Term) {
    self =
      switch term.loss.activation {
      case _ where term.target.columns.areDeltas: .none
      case .softmax, .softmaxWithObjectness, .sigmoid: .none
      case .exponential: .logSoftmax
      case .identity: .sigmoid
      }
  }

  /// Replaces a row by what the activation makes of it.
  func apply(to row: inout [Float]) {
    switch self {
    case .none: break
    case .logSoftmax: LossCore.logSoftmax(&row, in: row.indices)
    case .sigmoid: Activation.sigmoid.apply(to: &row)
    }
  }

  /// Replaces the gradient by the activation's values by the gradient by what they were made of.
  func applyDerivative(to gradient: inout [Float], at values: [Float]) {
    switch self {
    case .none: break
    case .logSoftmax:
      let sum = gradient.reduce(0, +)
      for column in gradient.indices { gradient[column] -= Float.exp(values[column]) * sum }
    case .sigmoid:
      for column in gradient.indices {
        gradient[column] *= values[column] * (1 - values[column])
      }
    }
  }
}
