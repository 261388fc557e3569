/// One number in an IEEE 754 format, or several side by side: what the functions in this folder need.
///
/// They are written once, over this protocol, as sums, products, quotients, comparisons and the two
/// operations on bits below, in a fixed order. Each of these rounds in one way only, whatever the
/// width of a vector and the instruction set: hence the same bits everywhere.
public protocol FloatingPointLanes: FormulaValue {
  /// The constants and polynomials of the format.
  associatedtype Format: FloatingPointFormat where Format.Value == Self

  /// 2ⁿ, for a whole number n for which that is a normal number.
  static func powerOfTwo(_ n: Self) -> Self

  /// 2ⁿ, where the lowest bits of x hold n and the bias of an exponent; see
  /// ``FloatingPointFormat/roundingForPower``.
  static func powerOfTwo(lowestBitsOf x: Self) -> Self

  /// m in 0.75 ..< 1.5 and a whole number n with x = m 2ⁿ, for a positive normal number x.
  static func split(_ x: Self) -> (significand: Self, exponent: Self)
}

/// The constants and polynomials of a floating-point format.
///
/// `Tests/Reference/make_polynomials.py` makes the coefficients.
public protocol FloatingPointFormat {
  /// One number in the format, or several side by side.
  associatedtype Value: FormulaValue

  /// 1.5 · 2ᵖ for p bits of fraction: to add and subtract it rounds to a whole number.
  static var rounding: Value { get }
  /// ``rounding``, the bias of an exponent and ``subnormalExponents``: added to n it leaves in the lowest
  /// bits the exponent of 2ⁿ, raised by the last.
  static var roundingForPower: Value { get }
  /// The leading bits of log 2, so few that its product with an exponent is exact.
  static var log2High: Value { get }
  /// The rest of log 2.
  static var log2Low: Value { get }
  /// An x for which eˣ rounds to 0.
  static var lowestExponent: Value { get }
  /// An x for which eˣ is infinite.
  static var highestExponent: Value { get }
  /// π/4, rounded.
  static var quarterPi: Value { get }
  /// What rounding took from π/4.
  static var quarterPiRest: Value { get }
  /// The least normal number.
  static var leastNormal: Value { get }
  /// n, such that 2ⁿ times the least number above 0 is a normal number.
  static var subnormalExponents: Value { get }
  /// A number x > 0 for which x² / 2 is lost in x, and in any number nearer to 0.
  static var negligible: Value { get }

  /// eˣ − 1 − x for |x| ≤ ½ log 2.
  static func exponentialTail(_ x: Value) -> Value
  /// log(1 + x) − x for −¼ ≤ x ≤ ½.
  static func logarithmTail(_ x: Value) -> Value
  /// log(1 + x) − x for 0 ≤ x ≤ 1.
  static func unitLogarithmTail(_ x: Value) -> Value
  /// tanh(x) − x for |x| ≤ ⅝.
  static func tangentTail(_ x: Value) -> Value
  /// atan(x) − x for |x| ≤ tan(π/8).
  static func arctangentTail(_ x: Value) -> Value
}
