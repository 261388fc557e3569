extension Dual {
  /// The square root: (√x)′ = x′ / 2√x; 0 where x′ is 0.
  @_alwaysEmitIntoClient @inline(__always)
  public static func sqrt(_ x: Self) -> Self {
    let root = Value.sqrt(x.value)
    return Dual(root, x.derivatives.map { unlessZero($0, 0.5 * $0 / root) })
  }

  /// The exponential: (eˣ)′ = eˣ x′.
  @_alwaysEmitIntoClient @inline(__always)
  public static func exp(_ x: Self) -> Self {
    let exponential = Value.exp(x.value)
    return Dual(exponential, x.derivatives.map { exponential * $0 })
  }

  /// The natural logarithm: (log x)′ = x′ / x; 0 where x′ is 0.
  @_alwaysEmitIntoClient @inline(__always)
  public static func log(_ x: Self) -> Self {
    Dual(.log(x.value), x.derivatives.map { unlessZero($0, $0 / x.value) })
  }

  /// log(1 + x), of which the derivative is x′ / (1 + x); 0 where x′ is 0.
  @_alwaysEmitIntoClient @inline(__always)
  public static func log1p(_ x: Self) -> Self {
    Dual(.log1p(x.value), x.derivatives.map { unlessZero($0, $0 / (1 + x.value)) })
  }

  /// The power: (xʸ)′ = y xʸ⁻¹ x′ + xʸ log(x) y′, each part 0 where its factor beside the infinite one
  /// is 0.
  @_alwaysEmitIntoClient @inline(__always)
  public static func pow(_ x: Self, _ y: Self) -> Self {
    let power = Value.pow(x.value, y.value)
    let byBase = x.derivatives.map { derivative in
      // y − 1 is exact from ½ on. Below, xʸ / x has more digits, and xʸ doesn't vanish before x does.
      let lower = Value.select(
        (y.value >= 0.5) | (x.value <= 0), .pow(x.value, y.value - 1), else: power / x.value)
      let factor = y.value * derivative
      return unlessZero(factor, factor * lower)
    }
    let byExponent = y.derivatives.map { derivative in
      let factor = power * derivative
      return unlessZero(factor, factor * .log(x.value))
    }
    return Dual(
      power, byBase.merged(byExponent, both: { $0 + $1 }, left: { $0 }, right: { $0 }))
  }

  /// The hyperbolic tangent: (tanh x)′ = 4 e / (1 + e)² x′ with e = exp(−2|x|), which doesn't cancel.
  @_alwaysEmitIntoClient @inline(__always)
  public static func tanh(_ x: Self) -> Self {
    let exponential = Value.exp(-2 * .abs(x.value))
    let sum = 1 + exponential
    let factor = 4 * exponential / (sum * sum)
    return Dual(.tanh(x.value), x.derivatives.map { factor * $0 })
  }

  /// The arc tangent: (atan x)′ = x′ / (1 + x²).
  @_alwaysEmitIntoClient @inline(__always)
  public static func atan(_ x: Self) -> Self {
    Dual(.atan(x.value), x.derivatives.map { $0 / (1 + x.value * x.value) })
  }

  /// The logistic function: s(x)′ = s(x) s(−x) x′, the lesser factor computed by itself.
  @_alwaysEmitIntoClient @inline(__always)
  public static func sigmoid(_ x: Self) -> Self {
    let lesser = Value.sigmoid(-.abs(x.value))
    let factor = lesser * (1 - lesser)
    return Dual(.sigmoid(x.value), x.derivatives.map { factor * $0 })
  }

  /// log(1 + eˣ): its derivative is sigmoid(x) x′.
  @_alwaysEmitIntoClient @inline(__always)
  public static func softplus(_ x: Self) -> Self {
    let factor = Value.sigmoid(x.value)
    return Dual(.softplus(x.value), x.derivatives.map { factor * $0 })
  }

  /// `product`, a product with `factor`; 0 where that is 0, even if the other factor is infinite.
  @_alwaysEmitIntoClient @inline(__always)
  static func unlessZero(_ factor: Value, _ product: Value) -> Value {
    .select((factor >= 0) & (factor <= 0), 0, else: product)
  }
}
