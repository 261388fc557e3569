import Foundation

/// A floating-point type that formulas are evaluated over: `Float` for work, `Double` for checking.
///
/// It adds to `BinaryFloatingPoint` the transcendental functions that losses need. Each function
/// follows IEEE 754 at the edges: infinities and NaN pass through as the C library defines them.
public protocol RealScalar: BinaryFloatingPoint, Sendable {
  /// eˣ.
  static func exp(_ x: Self) -> Self
  /// The natural logarithm; −∞ at 0, NaN below.
  static func log(_ x: Self) -> Self
  /// log(1 + x), exact to rounding where x is near 0.
  static func log1p(_ x: Self) -> Self
}

extension Float: RealScalar {
  /// eˣ in single precision.
  @inlinable
  public static func exp(_ x: Float) -> Float { Foundation.exp(x) }
  /// The natural logarithm in single precision.
  @inlinable
  public static func log(_ x: Float) -> Float { Foundation.log(x) }
  /// log(1 + x) in single precision.
  @inlinable
  public static func log1p(_ x: Float) -> Float { Foundation.log1p(x) }
}

extension Double: RealScalar {
  /// eˣ in double precision.
  @inlinable
  public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
  /// The natural logarithm in double precision.
  @inlinable
  public static func log(_ x: Double) -> Double { Foundation.log(x) }
  /// log(1 + x) in double precision.
  @inlinable
  public static func log1p(_ x: Double) -> Double { Foundation.log1p(x) }
}
