import LossCore
import LossKernels

/// Focal loss on probabilities against a bump of a target: 1 at the object's centre, less around it.
///
/// Law and Deng 2018: ℓ = −(1 − p)ᵅ log p where the target y is 1, and −(1 − y)ᵞ pᵅ log(1 − p) elsewhere. As
/// `GaussianFocalLoss` of mmdetection, which adds 1e-12 to what it takes logarithms of; a probability outside
/// 0 … 1 is brought to the nearer end.
public struct GaussianFocalLoss: ElementwiseLoss {
  static let alpha = Parameter(
    "alpha", .number(.atLeast(1)), default: 2,
    help: "How fast the weight of what is classified well falls.")
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 4,
    help: "How fast the weight of negatives falls towards a centre.")
  static let positiveWeight = Parameter(
    "pos_weight", .number(.atLeast(0)), default: 1, help: "Weight of targets of 1.")
  static let negativeWeight = Parameter(
    "neg_weight", .number(.atLeast(0)), default: 1, help: "Weight of the others.")

  public static let declaration = Declaration(
    name: "gaussian_focal",
    summary: "Focal loss on probabilities against bumps: negatives near a centre count less.",
    formula: """
      y = 1: l = -pos_weight (1 - p)^alpha log(p + 1e-12)
      else:  l = -neg_weight (1 - y)^gamma p^alpha log(1 - p + 1e-12)
      """,
    source: "Law and Deng 2018, arXiv:1808.01244; GaussianFocalLoss of mmdetection",
    parameters: [alpha, gamma, positiveWeight, negativeWeight])

  @usableFromInline
  let alpha: Double
  @usableFromInline
  let gamma: Double
  @usableFromInline
  let weights: (positive: Double, negative: Double)

  public init(parameters: Parameters) {
    alpha = parameters[Self.alpha]
    gamma = parameters[Self.gamma]
    weights = (parameters[Self.positiveWeight], parameters[Self.negativeWeight])
  }

  public var predictionKind: PredictionKind { .probabilities }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let p = Value.clamp(prediction, from: 0, to: 1)
    let isPositive = target >= 1
    // The probability of the right answer and of the wrong one.
    let right = Value.select(isPositive, p, else: 1 - p)
    let wrong = Value.select(isPositive, 1 - p, else: p)
    let bounded = right + 1e-12
    let logarithm = Value.log(bounded, rest: wrong - 1e-12)
    let weight = Value.select(
      isPositive, Value(-weights.positive), else: Value(-weights.negative) * nearness(1 - target))
    let modulation = Value.power(wrong, alpha)
    let byRight = weight * (modulation.value / bounded - modulation.derivative * logarithm)
    let isOutside = (prediction < 0) | (prediction > 1)
    return (
      weight * modulation.value * logarithm,
      .select(isOutside, 0, else: .select(isPositive, byRight, else: -byRight))
    )
  }

  /// The power (1 − y)ᵞ, without a logarithm for the paper's exponent.
  @_alwaysEmitIntoClient @inline(__always)
  func nearness<Value: FormulaValue>(_ rest: Value) -> Value {
    gamma == 4 ? (rest * rest) * (rest * rest) : .pow(rest, Value(gamma))
  }
}
