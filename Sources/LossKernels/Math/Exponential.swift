extension FloatingPointLanes {
  /// The exponential eˣ, within 1 unit in the last place.
  ///
  /// Over all numbers in single precision the largest error is 0.99 units; 0.96 was found in double
  /// precision. Where the format ends the result is ∞ or 0, with subnormal numbers before it.
  @inlinable @inline(__always)
  public static func exp(_ x: Self) -> Self {
    let bounded = max(min(x, Format.highestExponent), Format.lowestExponent)
    let (factor, exponent) = reducedExponential(bounded)
    // Neither 2ⁿ at the ends of the range is a normal number; the two halves are.
    let half = rounded(0.5 * exponent)
    return factor * powerOfTwo(half) * powerOfTwo(exponent - half)
  }

  /// The exponential of a number x ≤ 0: ``exp(_:)`` without what large numbers need.
  @inlinable @inline(__always)
  static func exponentialOfNegative(_ x: Self) -> Self {
    let bounded = max(x, Format.lowestExponent)
    // The lowest bits of the sum are n and the bias of 2ⁿ's exponent, raised to that of a normal number.
    let shifted = bounded * 0x1.71547652b82fep0 + Format.roundingForPower
    let exponent = shifted - Format.roundingForPower
    let rest = (bounded - exponent * Format.log2High) - exponent * Format.log2Low
    return (1 + (rest + Format.exponentialTail(rest))) * powerOfTwo(lowestBitsOf: shifted)
      * powerOfTwo(-Format.subnormalExponents)
  }

  /// The parts of eˣ = f 2ⁿ, n a whole number and f between √½ and √2.
  ///
  /// Cody and Waite: n log 2 is subtracted in two parts, the first without an error.
  @inlinable @inline(__always)
  static func reducedExponential(_ x: Self) -> (factor: Self, exponent: Self) {
    let exponent = rounded(x * 0x1.71547652b82fep0)
    let rest = (x - exponent * Format.log2High) - exponent * Format.log2Low
    return (1 + (rest + Format.exponentialTail(rest)), exponent)
  }

  /// The nearest whole number, the even one of two; for numbers far below 2ᵖ with p bits of fraction.
  @inlinable @inline(__always)
  static func rounded(_ x: Self) -> Self { (x + Format.rounding) - Format.rounding }
}

extension Double {
  /// eˣ − 1 − x, with all digits for x near 0 too.
  public static func exponentialTail(_ x: Double) -> Double {
    abs(x) < 0.3 ? Format.exponentialTail(x) : exp(x) - 1 - x
  }
}
