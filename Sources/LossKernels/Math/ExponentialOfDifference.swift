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
