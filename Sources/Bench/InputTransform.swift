import LossKit

/// What is applied to the numbers given before the loss reads them.
package enum InputTransform: String, CaseIterable {
  /// Nothing.
  case raw
  /// The logarithm: the numbers are probabilities, and the loss reads log-probabilities.
  case log
  /// log softmax over each row: the numbers are logits, and the loss reads log-probabilities.
  case logSoftmax = "log_softmax"
  /// Softmax over each row: the numbers are logits, and the loss reads probabilities.
  case softmax
  /// 1 / (1 + exp(−x)): the numbers are logits, and the loss reads probabilities.
  case sigmoid

  /// The `[rows, width]` numbers that the loss reads.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func callAsFunction<Scalar: LossScalar>(
    _ tensor: Tensor<Scalar>
  ) throws(InputError) -> Tensor<Scalar> {
    switch self {
    case .raw: tensor
    case .log: tensor.map { Scalar.log($0) }
    case .logSoftmax: try LossKit.logSoftmax(tensor)
    case .softmax: try LossKit.logSoftmax(tensor).map { Scalar.exp($0) }
    case .sigmoid: tensor.map { logistic($0) }
    }
  }
}

extension Activation {
  /// The probabilities that `[rows, width]` predictions stand for; `nil` if the loss implies none.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func probabilities<Scalar: LossScalar>(
    _ predictions: Tensor<Scalar>
  ) throws(InputError) -> Tensor<Scalar>? {
    switch self {
    case .identity: nil
    case .softmax: try InputTransform.softmax(predictions)
    case .sigmoid: try InputTransform.sigmoid(predictions)
    case .exponential: predictions.map { Scalar.exp($0) }
    case .softmaxWithObjectness: applied(to: predictions)
    }
  }
}

extension Activation {
  private func applied<Scalar: LossScalar>(to predictions: Tensor<Scalar>) -> Tensor<Scalar> {
    var elements = predictions.elements
    apply(to: &elements, width: predictions.shape[1])
    return Tensor(unchecked: predictions.shape, elements)
  }
}

/// 1 / (1 + exp(−x)), without overflow.
private func logistic<Scalar: LossScalar>(_ x: Scalar) -> Scalar {
  let e = Scalar.exp(-abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}
