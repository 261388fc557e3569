import LossKernels

/// A prediction as focal losses see it: the probability of an answer, and how much that answer is the target.
///
/// Of a logit it is the less likely answer, whose probability keeps all digits; of a probability the positive one.
/// Focal losses are the same for either answer.
@usableFromInline
struct FocalPrediction<Value: FormulaValue> {
  /// The probability of the answer.
  @usableFromInline
  let probability: Value
  /// The answer's part of the target.
  @usableFromInline
  let target: Value
  /// The probability's derivative by the answer's own prediction.
  @usableFromInline
  let slope: Value
  /// The binary cross-entropy, and its derivative by the answer's own prediction.
  @usableFromInline
  let crossEntropy: (value: Value, derivative: Value)
  /// What a derivative by the answer's own prediction times is one by the prediction: −1 of the negative answer.
  @usableFromInline
  let sign: Value

  /// Of a logit x and a target y.
  @_alwaysEmitIntoClient @inline(__always)
  init(logit x: Value, target y: Value) {
    let size = Value.abs(x)
    let isPositiveAnswer = x < 0
    let (probability, softplus) = Value.sigmoidAndSoftplus(ofMinus: size)
    let target = Value.select(isPositiveAnswer, y, else: 1 - y)
    self.probability = probability
    self.target = target
    slope = probability * (1 - probability)
    crossEntropy = (softplus + target * size, probability - target)
    sign = .select(isPositiveAnswer, 1, else: -1)
  }

  /// Of a probability; one outside 0 … 1 is brought to the nearer end.
  @_alwaysEmitIntoClient @inline(__always)
  init(probability: Value, target: Value) {
    let p = Value.clamp(probability, from: 0, to: 1)
    self.probability = p
    self.target = target
    slope = 1
    sign = 1
    crossEntropy = Value.binaryCrossEntropy(ofProbability: p, against: target)
  }

  /// The probability of what isn't the target, and its derivative by that of the answer.
  @_alwaysEmitIntoClient @inline(__always)
  var missed: (value: Value, derivative: Value) {
    let derivative = 1 - (target + target)
    return (target + probability * derivative, derivative)
  }

  /// The cross-entropy times a weight with a derivative by the probability, and the derivative by the prediction.
  @_alwaysEmitIntoClient @inline(__always)
  func weighed(
    by weight: (value: Value, derivative: Value)
  ) -> (value: Value, derivative: Value) {
    (
      weight.value * crossEntropy.value,
      sign
        * (weight.derivative * slope * crossEntropy.value + weight.value * crossEntropy.derivative)
    )
  }
}

extension FormulaValue {
  /// The power |x|ᵞ and its derivative, which is 0 where x is.
  @_alwaysEmitIntoClient @inline(__always)
  static func power(_ x: Self, _ exponent: Double) -> (value: Self, derivative: Self) {
    // The exponent of the papers needs no logarithm.
    if exponent == 2 { return (x * x, x + x) }
    let power = pow(abs(x), Self(exponent))
    return (power, select((x < 0) | (x > 0), Self(exponent) * power / x, else: 0))
  }
}
