extension FormulaValue {
  /// exp(a − b) to the accuracy of `exp`.
  ///
  /// The exponential magnifies the error of rounding the difference by the difference itself: 87 and
  /// more of it turn half a unit in the last place into 1e-6 and more. The error is found as in
  /// Knuth's two-sum, which is exact, and put back: e^(d + ε) = e^d (1 + ε) to rounding. Edges are
  /// those of `exp(a - b)`.
  @inlinable
  @inline(__always)
  public static func exp(_ a: Self, minus b: Self) -> Self {
    let difference = a - b
    let roundedB = a - difference
    let error = (a - (difference + roundedB)) + (roundedB - b)
    let result = exp(difference)
    let correction = result * error
    // Not finite where the difference or the result overflows, and then there is nothing to correct.
    return select(correction - correction >= 0, result + correction, else: result)
  }
}

extension FloatingPointLanes {
  /// exp(a − b) of a ≤ b, within 1 unit in the last place and a few thousandths.
  ///
  /// As ``FormulaValue/exp(_:minus:)``; the error of the difference goes into what the exponential's
  /// polynomial gets.
  @inlinable @inline(__always)
  static func exp(_ a: Self, upTo b: Self) -> Self {
    let difference = a - b
    let roundedB = a - difference
    let error = (a - (difference + roundedB)) + (roundedB - b)
    let isLarge = difference > Format.lowestExponent
    let bounded = select(isLarge, difference, else: Format.lowestExponent)
    // The lowest bits of the sum are n and the bias of 2ⁿ's exponent, raised to that of a normal number.
    let shifted = bounded * 0x1.71547652b82fep0 + Format.roundingForPower
    let exponent = shifted - Format.roundingForPower
    let rest =
      (bounded - exponent * Format.log2High)
      + (select(isLarge, error, else: 0) - exponent * Format.log2Low)
    return (1 + (rest + Format.exponentialTail(rest))) * powerOfTwo(lowestBitsOf: shifted)
      * powerOfTwo(-Format.subnormalExponents)
  }
}
