/// A value that formulas are written over: one number, or several side by side.
///
/// A formula that is generic over `FormulaValue` runs on a `Float` or a `Double`, and on the lanes of
/// a ``FloatVector`` or a ``DoubleVector``: with the same bits for the same number, whichever it is.
///
/// The lanes of a vector may differ in a comparison, so that a formula can't branch on one: it
/// computes both sides, and takes one with ``select(_:_:else:)``.
///
/// ```swift
/// func smoothL1<Value: FormulaValue>(_ x: Value, beta: Value) -> Value {
///   let size = Value.abs(x)
///   return .select(size < beta, 0.5 * x * x / beta, else: size - 0.5 * beta)
/// }
/// ```
public protocol FormulaValue: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// What a comparison results in.
  associatedtype Mask: FormulaMask

  /// `value`, rounded to the format; the same in all lanes.
  init(_ value: Double)

  /// The sum.
  static func + (left: Self, right: Self) -> Self
  /// The difference.
  static func - (left: Self, right: Self) -> Self
  /// The product.
  static func * (left: Self, right: Self) -> Self
  /// The quotient.
  static func / (left: Self, right: Self) -> Self
  /// The number with its sign changed.
  static prefix func - (value: Self) -> Self

  /// Whether `left` is less; false where one of them is NaN.
  static func < (left: Self, right: Self) -> Mask
  /// Whether `left` is less or equal; false where one of them is NaN.
  static func <= (left: Self, right: Self) -> Mask
  /// Whether `left` is greater; false where one of them is NaN.
  static func > (left: Self, right: Self) -> Mask
  /// Whether `left` is greater or equal; false where one of them is NaN.
  static func >= (left: Self, right: Self) -> Mask

  /// `accepted` where the condition holds, `other` elsewhere.
  static func select(_ condition: Mask, _ accepted: Self, else other: Self) -> Self

  /// The lesser one; `x` where one of them is NaN.
  static func min(_ x: Self, _ y: Self) -> Self
  /// The greater one; `x` where one of them is NaN.
  static func max(_ x: Self, _ y: Self) -> Self

  /// The same number, taken for a constant where the formula is differentiated: it has no derivative.
  static func constant(_ x: Self) -> Self

  /// The magnitude |x|.
  static func abs(_ x: Self) -> Self
  /// The square root, correctly rounded; NaN below 0.
  static func sqrt(_ x: Self) -> Self
  /// The exponential eˣ.
  static func exp(_ x: Self) -> Self
  /// The natural logarithm; −∞ at 0, NaN below.
  static func log(_ x: Self) -> Self
  /// log(1 + x), accurate where x is near 0; −∞ at −1, NaN below.
  static func log1p(_ x: Self) -> Self
  /// log x of a number from the least normal one to 1, of which `rest` = 1 − x is given too: accurate where x is
  /// near 1. Provided.
  static func log(_ x: Self, rest: Self) -> Self
  /// The power xʸ of a base x ≥ 0; NaN below 0. 1 where x is 1 or y is 0, as in C.
  static func pow(_ x: Self, _ y: Self) -> Self
  /// The hyperbolic tangent.
  static func tanh(_ x: Self) -> Self
  /// The arc tangent, from −π/2 to π/2.
  static func atan(_ x: Self) -> Self
  /// The logistic function 1 / (1 + e⁻ˣ), accurate on either side of 0.
  static func sigmoid(_ x: Self) -> Self
  /// log(1 + eˣ), accurate on either side of 0; its derivative is ``sigmoid(_:)``.
  static func softplus(_ x: Self) -> Self
  /// ``sigmoid(_:)`` and ``softplus(_:)`` of −x, for x ≥ 0: what both need is computed once. Provided.
  static func sigmoidAndSoftplus(ofMinus x: Self) -> (sigmoid: Self, softplus: Self)
}

extension FormulaValue {
  /// The lesser one; `x` where one of them is NaN.
  @inlinable @inline(__always)
  public static func min(_ x: Self, _ y: Self) -> Self { select(y < x, y, else: x) }

  /// The greater one; `x` where one of them is NaN.
  @inlinable @inline(__always)
  public static func max(_ x: Self, _ y: Self) -> Self { select(x < y, y, else: x) }

  /// `x` where it lies between the bounds, else the nearer one of them.
  @inlinable @inline(__always)
  public static func clamp(_ x: Self, from lower: Self, to upper: Self) -> Self {
    min(max(x, lower), upper)
  }

  /// The same number; a ``Dual`` number loses its derivatives.
  @inlinable @inline(__always)
  public static func constant(_ x: Self) -> Self { x }

  /// log x, accurate where x is near 1.
  @_alwaysEmitIntoClient @inline(__always)
  public static func log(_ x: Self, rest: Self) -> Self {
    select(x < 0.75, log(x), else: log1p(-rest))
  }

  /// One after the other.
  @_alwaysEmitIntoClient @inline(__always)
  public static func sigmoidAndSoftplus(ofMinus x: Self) -> (sigmoid: Self, softplus: Self) {
    (sigmoid(-x), softplus(-x))
  }
}
