import LossKernels

/// A prediction as focal losses see it, with derivatives by the prediction.
@usableFromInline
struct FocalPrediction<Value: FormulaValue> {
  /// The probability's distance to the target, y − p.
  @usableFromInline
  let distance: Value
  /// The probability's derivative.
  @usableFromInline
  let probabilityDerivative: Value
  /// The binary cross-entropy.
  @usableFromInline
  let crossEntropy: (value: Value, derivative: Value)

  /// Of a logit x: each of its numbers keeps its digits where y is 0 or 1.
  @inlinable @inline(__always)
  init(logit x: Value, target y: Value) {
    let (p, rest) = (Value.sigmoid(x), Value.sigmoid(-x))
    distance = y * rest - (1 - y) * p
    probabilityDerivative = p * rest
    crossEntropy = (y * .softplus(-x) + (1 - y) * .softplus(x), -distance)
  }

  /// Of a probability; one outside 0 … 1 is brought to the nearer end.
  @inlinable @inline(__always)
  init(probability: Value, target y: Value) {
    let p = Value.clamp(probability, from: 0, to: 1)
    distance = y * (1 - p) - (1 - y) * p
    probabilityDerivative = 1
    crossEntropy = Value.binaryCrossEntropy(ofProbability: p, against: y)
  }
}
