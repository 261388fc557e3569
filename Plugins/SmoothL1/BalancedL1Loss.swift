import LossCore
import LossKernels

/// Balanced L1 of the difference x: flatter than smooth L1 where it is large, steeper where it is small.
///
/// Pang et al. 2019, Libra R-CNN: the derivative is α ln(b|x| + 1) where |x| < β = 1 and γ beyond, with the b
/// that makes both meet. As `BalancedL1Loss` of mmdetection, for other β too, where it has a leap at 0.
public struct BalancedL1Loss: ElementwiseLoss {
  static let alpha = Parameter(
    "alpha", .number(.above(0)), default: 0.5,
    help: "How fast the derivative rises; less favours small differences.")
  static let gamma = Parameter(
    "gamma", .number(.above(0)), default: 1.5, help: "The derivative of large differences.")
  static let beta = Parameter(
    "beta", .number(.above(0)), default: 1, help: "Where the linear part begins.")

  public static let declaration = Declaration(
    name: "balanced_l1",
    summary: "Logarithmic derivative near zero, constant beyond; on differences.",
    formula: """
      d = |prediction - target|,  b = exp(gamma / alpha) - 1
      l = alpha / b (b d + 1) ln(b d / beta + 1) - alpha d where d < beta
      l = gamma d + gamma / b - alpha beta beyond
      """,
    source: "Pang et al. 2019, arXiv:1904.02701; BalancedL1Loss of mmdetection",
    parameters: [alpha, gamma, beta])

  @usableFromInline
  let alpha: Double
  @usableFromInline
  let gamma: Double
  @usableFromInline
  let beta: Double
  @usableFromInline
  let b: Double

  /// What the linear part begins with.
  @usableFromInline
  let offset: Double

  /// - Throws: ``ParameterError`` if `gamma` is so much larger than `alpha` that b has no bound, or the parameters
  ///   are such that single precision can't hold what the formula is made of.
  public init(parameters: Parameters) throws(ParameterError) {
    alpha = parameters[Self.alpha]
    gamma = parameters[Self.gamma]
    beta = parameters[Self.beta]
    let ratio = gamma / alpha
    guard ratio <= 80 else {
      throw ParameterError(
        "gamma",
        "is \(gamma), more than 80 times \"alpha\", so that exp(gamma / alpha) is too large")
    }
    let tail = Double.exponentialTail(ratio)
    b = ratio + tail
    offset = alpha * (1 - beta - tail / b)
    for (name, number) in [
      ("alpha", alpha), ("gamma", gamma), ("beta", beta), ("alpha", alpha / b), ("beta", b / beta),
    ] {
      guard 1e-30...1e30 ~= number else {
        throw ParameterError(
          name, "makes a factor of the formula \(number); expected 1e-30 to 1e30")
      }
    }
  }

  public var readsDifference: Bool { true }

  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    let size = Value.abs(x)
    let isSmall = size < Value(beta)
    let u = Value(b / beta) * size
    let logarithm = Value.log1p(u)
    // (1 + β u) ln(1 + u) − β u, of which the paper's β leaves the first part.
    let curve = entropy(u, logarithm: logarithm) + Value(beta - 1) * u * (logarithm - 1)
    let value = Value.select(
      isSmall, Value(alpha / b) * curve,
      else: Value(gamma) * size + Value(offset))
    let slope = Value.select(
      isSmall,
      Value(alpha) * (logarithm + Value(1 - beta) / (Value(beta) + Value(b) * size)),
      else: Value(gamma))
    return (value, .select(x > 0, slope, else: .select(x < 0, -slope, else: 0)))
  }

  /// (1 + u) ln(1 + u) − u with all digits: for small u by the series of ln(1 + u) in s = u / (2 + u),
  /// 2 (s + s³ / 3 + s⁵ / 5 + …), whose first term leaves u s.
  @inlinable @inline(__always)
  func entropy<Value: FormulaValue>(_ u: Value, logarithm: Value) -> Value {
    let s = u / (2 + u)
    let square = s * s
    var series: Value = 0
    // From s³² / 33 on, with s at most 1/3.
    var divisor = 33.0
    while divisor > 2 {
      series = square * (series + Value(1 / divisor))
      divisor -= 2
    }
    return .select(u < 1, u * s + 2 * s * (1 + u) * series, else: (1 + u) * logarithm - u)
  }
}
