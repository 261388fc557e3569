import VectorArithmetic

extension Double: FloatingPointLanes {
  /// Double precision.
  public typealias Format = DoublePrecision<Double>

  /// `accepted` if the condition holds, `other` otherwise.
  @inlinable @inline(__always)
  public static func select(_ condition: Bool, _ accepted: Double, else other: Double) -> Double {
    condition ? accepted : other
  }

  /// The magnitude |x|.
  @inlinable @inline(__always)
  public static func abs(_ x: Double) -> Double { x.magnitude }

  /// The square root, correctly rounded; NaN below 0.
  @inlinable @inline(__always)
  public static func sqrt(_ x: Double) -> Double { double_square_root(x) }

  /// 2ⁿ, for a whole number n from −1022 to 1023.
  @inlinable @inline(__always)
  public static func powerOfTwo(_ n: Double) -> Double {
    // The sum is a multiple of 1, so that its lowest bits are n + 1023, the bits of the exponent.
    powerOfTwo(lowestBitsOf: n + (0x1.8p52 + 1023))
  }

  /// 2ⁿ, where the lowest bits of x are n + 1023.
  @inlinable @inline(__always)
  public static func powerOfTwo(lowestBitsOf x: Double) -> Double {
    Double(bitPattern: x.bitPattern &<< 52)
  }

  /// m in 0.75 ..< 1.5 and a whole number n with x = m 2ⁿ, for a positive normal number x.
  @inlinable @inline(__always)
  public static func split(_ x: Double) -> (significand: Double, exponent: Double) {
    let bits = Int64(bitPattern: x.bitPattern)
    let exponent = (bits &- 0x3fe8_0000_0000_0000) &>> 52
    let significand = bits &- (exponent &<< 52)
    return (
      Double(bitPattern: UInt64(bitPattern: significand)),
      Double(bitPattern: UInt64(bitPattern: exponent &+ 0x4338_0000_0000_0000)) - 0x1.8p52
    )
  }
}
