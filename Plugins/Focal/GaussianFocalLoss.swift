import LossCore
import LossKernels

/// Focal loss on probabilities against a bump of a target: 1 at the object's centre, less around it.
///
/// Law and Deng 2018: ℓ = −(1 − p)ᵅ log p where the target y is 1, and −(1 − y)ᵞ pᵅ log(1 − p) elsewhere. As
/// `GaussianFocalLoss` of mmdetection, which adds 1e-12 to what it takes logarithms of; a probability outside
/// 0 … 1 is brought to the nearer end.
public struct GaussianFocalLoss: FormulaLoss {
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

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let p = Value.select(
      prediction < 0, 0, else: .select(prediction > 1, 1, else: prediction))
    let isPositive = target >= 1
    // The probability of the right answer and of the wrong one.
    let right = Value.select(isPositive, p, else: 1 - p)
    let wrong = Value.select(isPositive, 1 - p, else: p)
    let weight = Value.select(
      isPositive, Value(weights.positive),
      else: Value(weights.negative) * power(1 - target, gamma, of: 4) { ($0 * $0) * ($0 * $0) })
    return -(weight * power(wrong, alpha, of: 2) { $0 * $0 } * logarithm(right, wrong))
  }

  /// log(right + 1e-12) with all digits, where right and wrong add up to 1.
  @inlinable @inline(__always)
  func logarithm<Value: FormulaValue>(_ right: Value, _ wrong: Value) -> Value {
    // In two parts, the first of which single precision holds.
    let high = Double(Float(1e-12))
    let excess = (Value(high) - wrong) + Value(1e-12 - high)
    return .select(right > 0.5, .log1p(excess), else: .log(right + 1e-12))
  }

  /// A power, without a logarithm for the paper's exponent.
  @inlinable @inline(__always)
  func power<Value: FormulaValue>(
    _ base: Value, _ exponent: Double, of usual: Double, _ product: (Value) -> Value
  ) -> Value {
    exponent == usual ? product(base) : .pow(base, Value(exponent))
  }
}
