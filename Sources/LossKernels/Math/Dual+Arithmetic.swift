extension Dual {
  /// The sum: (x + y)′ = x′ + y′.
  @_alwaysEmitIntoClient @inline(__always)
  public static func + (left: Self, right: Self) -> Self {
    Dual(
      left.value + right.value,
      left.derivatives.merged(right.derivatives, both: { $0 + $1 }, left: { $0 }, right: { $0 }))
  }

  /// The difference: (x − y)′ = x′ − y′.
  @_alwaysEmitIntoClient @inline(__always)
  public static func - (left: Self, right: Self) -> Self {
    Dual(
      left.value - right.value,
      left.derivatives.merged(right.derivatives, both: { $0 - $1 }, left: { $0 }, right: { -$0 }))
  }

  /// The product: (x y)′ = x′ y + x y′.
  @_alwaysEmitIntoClient @inline(__always)
  public static func * (left: Self, right: Self) -> Self {
    Dual(
      left.value * right.value,
      left.derivatives.merged(
        right.derivatives,
        both: { $0 * right.value + left.value * $1 },
        left: { $0 * right.value },
        right: { left.value * $0 }))
  }

  /// The quotient: (x / y)′ = (x′ − (x / y) y′) / y.
  @_alwaysEmitIntoClient @inline(__always)
  public static func / (left: Self, right: Self) -> Self {
    let quotient = left.value / right.value
    return Dual(
      quotient,
      left.derivatives.merged(
        right.derivatives,
        both: { ($0 - quotient * $1) / right.value },
        left: { $0 / right.value },
        right: { -(quotient * $0) / right.value }))
  }

  /// The number with its sign changed: (−x)′ = −x′.
  @_alwaysEmitIntoClient @inline(__always)
  public static prefix func - (value: Self) -> Self {
    Dual(-value.value, value.derivatives.map { -$0 })
  }

  /// The magnitude: |x|′ = x′ sign(x), 0 at 0.
  @_alwaysEmitIntoClient @inline(__always)
  public static func abs(_ x: Self) -> Self {
    let isPositive = x.value > 0
    let isNegative = x.value < 0
    return Dual(
      .abs(x.value),
      x.derivatives.map { .select(isPositive, $0, else: .select(isNegative, -$0, else: 0)) })
  }

  /// The lesser one; where they are equal its derivatives are the means of both.
  @_alwaysEmitIntoClient @inline(__always)
  public static func min(_ x: Self, _ y: Self) -> Self {
    Dual(
      .min(x.value, y.value),
      derivatives(of: x, where: x.value < y.value, y, where: y.value < x.value))
  }

  /// The greater one; where they are equal its derivatives are the means of both.
  @_alwaysEmitIntoClient @inline(__always)
  public static func max(_ x: Self, _ y: Self) -> Self {
    Dual(
      .max(x.value, y.value),
      derivatives(of: x, where: x.value > y.value, y, where: y.value > x.value))
  }

  /// The derivatives of `x`, those of `y`, or where neither is chosen their mean.
  @_alwaysEmitIntoClient @inline(__always)
  static func derivatives(
    of x: Self, where isX: Mask, _ y: Self, where isY: Mask
  ) -> Derivatives<Value> {
    x.derivatives.merged(
      y.derivatives,
      both: { .select(isX, $0, else: .select(isY, $1, else: 0.5 * ($0 + $1))) },
      left: { .select(isX, $0, else: .select(isY, 0, else: 0.5 * $0)) },
      right: { .select(isX, 0, else: .select(isY, $0, else: 0.5 * $0)) })
  }
}
