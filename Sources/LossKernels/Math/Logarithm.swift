extension FloatingPointLanes {
  /// The natural logarithm, within 1 unit in the last place; −∞ at 0, NaN below.
  ///
  /// Over all numbers in single precision the largest error is 0.89 units; 0.92 was found in double
  /// precision.
  @inlinable @inline(__always)
  public static func log(_ x: Self) -> Self {
    let isSubnormal = x < Format.leastNormal
    let scaled = x * powerOfTwo(Format.subnormalExponents)
    let (significand, exponent) = split(select(isSubnormal, scaled, else: x))
    let result = logarithm(
      significandMinusOne: significand - 1,
      exponent: select(isSubnormal, exponent - Format.subnormalExponents, else: exponent))
    let atEnds = select(x < 0, Self(.nan), else: select(x <= 0, Self(-.infinity), else: x))
    return select((x > 0) & (x < Self(.infinity)), result, else: atEnds)
  }

  /// log(1 + x), within 1 unit in the last place; −∞ at −1, NaN below.
  ///
  /// Over all numbers in single precision the largest error is 0.89 units; 0.86 was found in double
  /// precision.
  @inlinable @inline(__always)
  public static func log1p(_ x: Self) -> Self {
    // m − 1 = x 2⁻ⁿ − (1 − 2⁻ⁿ) is exact even where 1 + x isn't. 2²⁻ⁿ is a normal number for all n.
    let (_, exponent) = split(1 + x)
    let scale = powerOfTwo(2 - exponent)
    let result = logarithm(
      significandMinusOne: 0.25 * (x * scale) - (1 - 0.25 * scale), exponent: exponent)
    let isOrdinary = (x > -1) & (x < Self(.infinity)) & (abs(x) > Format.negligible)
    let atEnds = select(x < -1, Self(.nan), else: select(x <= -1, Self(-.infinity), else: x))
    return select(isOrdinary, result, else: atEnds)
  }

  /// log x of a number from the least normal one to 1, of which `rest` = 1 − x is given too: accurate where x is
  /// near 1.
  @_alwaysEmitIntoClient @inline(__always)
  public static func log(_ x: Self, rest: Self) -> Self {
    // The bits of `log` or `log1p`: from ¾ on n is 0, and m − 1 is −rest.
    let (significand, exponent) = split(x)
    return logarithm(
      significandMinusOne: select(x < 0.75, significand - 1, else: -rest), exponent: exponent)
  }

  /// log(m 2ⁿ) of m − 1 and n.
  @inlinable @inline(__always)
  static func logarithm(significandMinusOne x: Self, exponent: Self) -> Self {
    ((Format.logarithmTail(x) + exponent * Format.log2Low) + x) + exponent * Format.log2High
  }
}
