/// The constants and polynomials of `Float`.
///
/// The terms of a polynomial are added in pairs (Estrin), so that fewer operations wait for others.
public enum SinglePrecision<Value: FormulaValue>: FloatingPointFormat {
  /// 1.5 · 2²³.
  @inlinable @inline(__always)
  public static var rounding: Value { 0x1.8p23 }
  /// 1.5 · 2²³ + 127 + 24.
  @inlinable @inline(__always)
  public static var roundingForPower: Value { 0x1.8p23 + (127 + 24) }
  /// log 2 in 15 bits.
  @inlinable @inline(__always)
  public static var log2High: Value { 0x1.62e4p-1 }
  /// The rest of log 2.
  @inlinable @inline(__always)
  public static var log2Low: Value { 0x1.7f7d1cp-20 }
  /// Below −150 log 2.
  @inlinable @inline(__always)
  public static var lowestExponent: Value { -104 }
  /// Above 128 log 2.
  @inlinable @inline(__always)
  public static var highestExponent: Value { 89 }
  /// π/4 in 24 bits.
  @inlinable @inline(__always)
  public static var quarterPi: Value { 0x1.921fb6p-1 }
  /// The rest of π/4.
  @inlinable @inline(__always)
  public static var quarterPiRest: Value { -0x1.777a5cp-26 }
  /// 2⁻¹²⁶.
  @inlinable @inline(__always)
  public static var leastNormal: Value { 0x1p-126 }
  /// 24.
  @inlinable @inline(__always)
  public static var subnormalExponents: Value { 24 }
  /// 2⁻²⁵.
  @inlinable @inline(__always)
  public static var negligible: Value { 0x1p-25 }

  /// eˣ − 1 − x; the polynomial's error is 2⁻²⁸ of eˣ.
  @inlinable @inline(__always)
  public static func exponentialTail(_ x: Value) -> Value {
    let x2 = x * x
    let low: Value = 0x1.fffffcp-2 + 0x1.555492p-3 * x
    let high: Value = 0x1.5558f2p-5 + 0x1.123a0ap-7 * x
    return x2 * (low + x2 * (high + 0x1.6a23eep-10 * x2))
  }

  /// log(1 + x) − x; the polynomial's error is 2⁻²⁷ of log(1 + x).
  @inlinable @inline(__always)
  public static func logarithmTail(_ x: Value) -> Value {
    let x2 = x * x
    let x4 = x2 * x2
    let low: Value = (0x1.55555ap-2 - 0x1.00006ep-2 * x) + x2 * (0x1.999788p-3 - 0x1.5519b8p-3 * x)
    let high: Value = (0x1.24609ap-3 - 0x1.04aa34p-3 * x) + x2 * (0x1.df426ap-4 - 0x1.756674p-4 * x)
    return x2 * x * (low + x4 * (high + 0x1.349e3ap-5 * x4)) - 0.5 * x2
  }

  /// log(1 + x) − x; the polynomial's error is 2⁻²⁷ of log(1 + x).
  @inlinable @inline(__always)
  public static func unitLogarithmTail(_ x: Value) -> Value {
    let x2 = x * x
    let x4 = x2 * x2
    let low: Value = (0x1.55527ep-2 - 0x1.ff7d56p-3 * x) + x2 * (0x1.94f99cp-3 - 0x1.3eda36p-3 * x)
    let high: Value = (0x1.c38a56p-4 - 0x1.f2f43ap-5 * x) + x2 * (0x1.664408p-6 - 0x1.e1ba9cp-9 * x)
    return x2 * x * (low + x4 * high) - 0.5 * x2
  }

  /// tanh(x) − x; the polynomial's error is 2⁻²⁷ of tanh(x).
  @inlinable @inline(__always)
  public static func tangentTail(_ x: Value) -> Value {
    let x2 = x * x
    let x4 = x2 * x2
    let low: Value = -0x1.555532p-2 + 0x1.1106f6p-3 * x2
    let high: Value = -0x1.b835a4p-5 + 0x1.51f8ccp-6 * x2
    return x * x2 * (low + x4 * (high - 0x1.750cc6p-8 * x4))
  }

  /// atan(x) − x; the polynomial's error is 2⁻³⁰ of atan(x).
  @inlinable @inline(__always)
  public static func arctangentTail(_ x: Value) -> Value {
    let x2 = x * x
    let low: Value = -0x1.55554ap-2 + 0x1.9991dcp-3 * x2
    let high: Value = -0x1.23b8eap-3 + 0x1.b216c8p-4 * x2
    let x4 = x2 * x2
    return x * x2 * (low + x4 * (high - 0x1.f29554p-5 * x4))
  }
}
