extension FloatingPointLanes {
  /// The arc tangent, within 2 units in the last place; 0, without a sign, at −0.
  ///
  /// atan x = π/4 + atan((x − 1)/(x + 1)) = π/2 − atan(1/x) leave arguments of tan(π/8) at most.
  @inlinable @inline(__always)
  public static func atan(_ x: Self) -> Self {
    let size = abs(x)
    let isMiddle = size > 0.41421356237309503
    let isLarge = size > 2.414213562373095
    let dividend = select(isLarge, -1, else: select(isMiddle, size - 1, else: size))
    let divisor = select(isLarge, size, else: select(isMiddle, size + 1, else: 1))
    let eighths = select(isLarge, 2, else: select(isMiddle, 1, else: 0 as Self))
    let rest = dividend / divisor
    let result =
      eighths * Format.quarterPi
      + (rest + (Format.arctangentTail(rest) + eighths * Format.quarterPiRest))
    return select(x < 0, -result, else: result)
  }
}
