/// The constants and polynomials of `Double`.
///
/// The terms of the polynomials under exponentials and logarithms are added in pairs (Estrin), so that fewer operations
/// wait for others.
public enum DoublePrecision<Value: FormulaValue>: FloatingPointFormat {
  /// 1.5 · 2⁵².
  @inlinable @inline(__always)
  public static var rounding: Value { 0x1.8p52 }
  /// 1.5 · 2⁵² + 1023 + 54.
  @inlinable @inline(__always)
  public static var roundingForPower: Value { 0x1.8p52 + (1023 + 54) }
  /// log 2 in 32 bits.
  @inlinable @inline(__always)
  public static var log2High: Value { 0x1.62e42feep-1 }
  /// The rest of log 2.
  @inlinable @inline(__always)
  public static var log2Low: Value { 0x1.a39ef35793c76p-33 }
  /// Below −1075 log 2.
  @inlinable @inline(__always)
  public static var lowestExponent: Value { -746 }
  /// Above 1024 log 2.
  @inlinable @inline(__always)
  public static var highestExponent: Value { 710 }
  /// π/4 in 53 bits.
  @inlinable @inline(__always)
  public static var quarterPi: Value { 0x1.921fb54442d18p-1 }
  /// The rest of π/4.
  @inlinable @inline(__always)
  public static var quarterPiRest: Value { 0x1.1a62633145c07p-55 }
  /// 2⁻¹⁰²².
  @inlinable @inline(__always)
  public static var leastNormal: Value { 0x1p-1022 }
  /// 54.
  @inlinable @inline(__always)
  public static var subnormalExponents: Value { 54 }
  /// 2⁻⁵⁴.
  @inlinable @inline(__always)
  public static var negligible: Value { 0x1p-54 }

  /// eˣ − 1 − x; the polynomial's error is 2⁻⁶⁰ of eˣ.
  @inlinable @inline(__always)
  public static func exponentialTail(_ x: Value) -> Value {
    let x2 = x * x
    let x4 = x2 * x2
    let low: Value =
      (0.5 + 0x1.555555555555bp-3 * x) + x2 * (0x1.5555555555503p-5 + 0x1.111111110ec4bp-7 * x)
    let middle: Value =
      (0x1.6c16c16c305b9p-10 + 0x1.a01a01b3859bap-13 * x) + x2
      * (0x1.a01a01364f91cp-16 + 0x1.71ddf00d9677bp-19 * x)
    let high: Value =
      (0x1.27e5b49e364a5p-22 + 0x1.af6c0a827b9a4p-26 * x) + x2 * 0x1.1e3ce40191cdfp-29
    return x2 * (low + x4 * (middle + x4 * high))
  }

  /// log(1 + x) − x; the polynomial's error is 2⁻⁵⁹ of log(1 + x).
  @inlinable @inline(__always)
  public static func logarithmTail(_ x: Value) -> Value { unitLogarithmTail(x) }

  /// log(1 + x) − x; the polynomial's error is 2⁻⁵⁹ of log(1 + x).
  ///
  /// log(1 + x) = 2 artanh(s) with s = x / (2 + x), for which 2 s = x − s x.
  @inlinable @inline(__always)
  public static func unitLogarithmTail(_ x: Value) -> Value {
    let s = x / (2 + x)
    let z = s * s
    let z2 = z * z
    let z4 = z2 * z2
    let low: Value =
      (0x1.5555555555535p-1 + 0x1.99999999a0767p-2 * z) + z2
      * (0x1.249249208b366p-2 + 0x1.c71c741d2762cp-3 * z)
    let middle: Value =
      (0x1.745cb3e322b85p-3 + 0x1.3b1dde2492bb3p-3 * z) + z2
      * (0x1.10679e60eccc3p-3 + 0x1.efdadfb949bf1p-4 * z)
    let high: Value = 0x1.55a507551d763p-4 + 0x1.5c84b86b62ec8p-3 * z
    let sum = low + z4 * (middle + z4 * high)
    // s x = x² / 2 − s x² / 2, of which the first part is the more accurate.
    let half = 0.5 * x * x
    return s * (half + z * sum) - half
  }

  /// tanh(x) − x; the polynomial's error is 2⁻⁶¹ of tanh(x).
  @inlinable @inline(__always)
  public static func tangentTail(_ x: Value) -> Value {
    let z = x * x
    var sum: Value = 0x1.95b6f633e50d8p-18
    sum = sum * z - 0x1.fa9a55593a381p-16
    sum = sum * z + 0x1.80112dae3bf3bp-14
    sum = sum * z - 0x1.f11079763a21cp-13
    sum = sum * z + 0x1.350b497784a1ep-11
    sum = sum * z - 0x1.7d9c2c20ab3f1p-10
    sum = sum * z + 0x1.d6d359b65d639p-9
    sum = sum * z - 0x1.226e32cc8e2b9p-7
    sum = sum * z + 0x1.664f4870ad25cp-6
    sum = sum * z - 0x1.ba1ba1b9d141ap-5
    sum = sum * z + 0x1.1111111110c4ep-3
    sum = sum * z - 0x1.5555555555552p-2
    return x * z * sum
  }

  /// atan(x) − x; the polynomial's error is 2⁻⁶³ of atan(x).
  @inlinable @inline(__always)
  public static func arctangentTail(_ x: Value) -> Value {
    let z = x * x
    var sum: Value = 0x1.e84fb870664e9p-7
    sum = sum * z - 0x1.0fd5f19e6dd06p-5
    sum = sum * z + 0x1.6fe5279dee6dap-5
    sum = sum * z - 0x1.ab3bfea6e36a1p-5
    sum = sum * z + 0x1.e167bcb2bdd1cp-5
    sum = sum * z - 0x1.110beb835c6e6p-4
    sum = sum * z + 0x1.3b1364f0c1ae4p-4
    sum = sum * z - 0x1.745d14504c62p-4
    sum = sum * z + 0x1.c71c71b458e37p-4
    sum = sum * z - 0x1.249249246f58ep-3
    sum = sum * z + 0x1.9999999999584p-3
    sum = sum * z - 0x1.5555555555554p-2
    return x * z * sum
  }
}
