/// A number together with its derivatives by up to four variables (forward mode).
///
/// A formula over ``FormulaValue`` that is given dual numbers computes its exact derivatives beside its
/// value: each operation applies the chain rule. The value has the bits that the formula gives without
/// derivatives.
///
/// ```swift
/// let x = Dual(3.0, Derivatives(first: 1))
/// let square = x * x  // value 9, derivative 6
/// ```
///
/// Where a formula has no derivative:
/// - At a kink of `abs`, `min` and `max` the derivative is the mean of those on both sides: 0 for |x| at 0.
/// - ``select(_:_:else:)`` takes value and derivatives of the side that it takes.
/// - Where the derivative of `sqrt`, `log`, `log1p` or `pow` is infinite and that of its argument is 0,
///   their product counts as 0; so that √(x²) has derivative 0 at 0.
public struct Dual<Value: FormulaValue>: Sendable {
  /// The number.
  public var value: Value
  /// The derivatives.
  public var derivatives: Derivatives<Value>

  /// A number with derivatives; a constant where none are given.
  @inlinable @inline(__always)
  public init(_ value: Value, _ derivatives: Derivatives<Value> = Derivatives()) {
    self.value = value
    self.derivatives = derivatives
  }
}

/// The value of a formula of one variable, and its exact derivative.
@inlinable @inline(__always)
public func differentiate<Value: FormulaValue>(
  at x: Value, _ formula: (Dual<Value>) -> Dual<Value>
) -> (value: Value, derivative: Value) {
  let result = formula(Dual(x, Derivatives(first: 1)))
  return (result.value, result.derivatives.first ?? 0)
}

extension Dual: FormulaValue {
  /// What a comparison of the values results in.
  public typealias Mask = Value.Mask

  /// A constant.
  @inlinable @inline(__always)
  public init(_ value: Double) { self.init(Value(value)) }

  /// A constant.
  @inlinable @inline(__always)
  public init(floatLiteral value: Value.FloatLiteralType) { self.init(Value(floatLiteral: value)) }

  /// A constant.
  @inlinable @inline(__always)
  public init(integerLiteral value: Value.IntegerLiteralType) {
    self.init(Value(integerLiteral: value))
  }

  /// The number without its derivatives.
  @inlinable @inline(__always)
  public static func constant(_ x: Self) -> Self { Dual(x.value) }
}

// Comparison, which looks at the values alone.
extension Dual {
  /// Whether `left` is less; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func < (left: Self, right: Self) -> Mask { left.value < right.value }

  /// Whether `left` is less or equal; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func <= (left: Self, right: Self) -> Mask { left.value <= right.value }

  /// Whether `left` is greater; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func > (left: Self, right: Self) -> Mask { left.value > right.value }

  /// Whether `left` is greater or equal; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func >= (left: Self, right: Self) -> Mask { left.value >= right.value }

  /// `accepted` with its derivatives where the condition holds, `other` with its own elsewhere.
  @inlinable @inline(__always)
  public static func select(_ condition: Mask, _ accepted: Self, else other: Self) -> Self {
    Dual(
      .select(condition, accepted.value, else: other.value),
      accepted.derivatives.merged(
        other.derivatives,
        both: { .select(condition, $0, else: $1) },
        left: { .select(condition, $0, else: 0) },
        right: { .select(condition, 0, else: $0) }))
  }
}
