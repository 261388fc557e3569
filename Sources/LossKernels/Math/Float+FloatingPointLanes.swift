import VectorArithmetic

extension Float: FloatingPointLanes {
  /// Single precision.
  public typealias Format = SinglePrecision<Float>

  /// `accepted` if the condition holds, `other` otherwise.
  @inlinable @inline(__always)
  public static func select(_ condition: Bool, _ accepted: Float, else other: Float) -> Float {
    condition ? accepted : other
  }

  /// The magnitude |x|.
  @inlinable @inline(__always)
  public static func abs(_ x: Float) -> Float { x.magnitude }

  /// The square root, correctly rounded; NaN below 0.
  @inlinable @inline(__always)
  public static func sqrt(_ x: Float) -> Float { float_square_root(x) }

  /// The power xʸ of a base x ≥ 0, within 0.51 units in the last place; NaN below 0.
  @inlinable @inline(__always)
  public static func pow(_ x: Float, _ y: Float) -> Float {
    Float(Double.pow(Double(x), Double(y)))
  }

  /// 2ⁿ, for a whole number n from −126 to 127.
  @inlinable @inline(__always)
  public static func powerOfTwo(_ n: Float) -> Float {
    // The sum is a multiple of 1, so that its lowest bits are n + 127, the bits of the exponent.
    powerOfTwo(lowestBitsOf: n + (0x1.8p23 + 127))
  }

  /// 2ⁿ, where the lowest bits of x are n + 127.
  @inlinable @inline(__always)
  public static func powerOfTwo(lowestBitsOf x: Float) -> Float {
    Float(bitPattern: x.bitPattern &<< 23)
  }

  /// m in 0.75 ..< 1.5 and a whole number n with x = m 2ⁿ, for a positive normal number x.
  @inlinable @inline(__always)
  public static func split(_ x: Float) -> (significand: Float, exponent: Float) {
    let bits = Int32(bitPattern: x.bitPattern)
    let exponent = (bits &- 0x3f40_0000) &>> 23
    let significand = bits &- (exponent &<< 23)
    return (
      Float(bitPattern: UInt32(bitPattern: significand)),
      Float(bitPattern: UInt32(bitPattern: exponent &+ 0x4b40_0000)) - 0x1.8p23
    )
  }
}
