import VectorArithmetic

/// Sixteen `Float`s side by side: a register of AVX-512, two of AVX2, four of SSE2 and NEON.
public struct FloatVector: FloatingPointLanes {
  /// Single precision.
  public typealias Format = SinglePrecision<FloatVector>

  /// The numbers.
  public var lanes: SIMD16<Float>

  /// A vector of `lanes`.
  @inlinable @inline(__always)
  public init(_ lanes: SIMD16<Float>) { self.lanes = lanes }

  /// `value`, rounded to single precision, in all lanes.
  @inlinable @inline(__always)
  public init(_ value: Double) { lanes = SIMD16(repeating: Float(value)) }

  /// `value` in all lanes.
  @inlinable @inline(__always)
  public init(floatLiteral value: Float) { lanes = SIMD16(repeating: value) }

  /// `value` in all lanes.
  @inlinable @inline(__always)
  public init(integerLiteral value: Float) { lanes = SIMD16(repeating: value) }

  @inlinable @inline(__always)
  init(bits: SIMD16<Int32>) { lanes = unsafeBitCast(bits, to: SIMD16<Float>.self) }

  @inlinable @inline(__always)
  var bits: SIMD16<Int32> { unsafeBitCast(lanes, to: SIMD16<Int32>.self) }
}

// Arithmetic.
extension FloatVector {
  /// The sum.
  @inlinable @inline(__always)
  public static func + (left: Self, right: Self) -> Self {
    Self(float_x16_add(left.lanes, right.lanes))
  }

  /// The difference.
  @inlinable @inline(__always)
  public static func - (left: Self, right: Self) -> Self {
    Self(float_x16_subtract(left.lanes, right.lanes))
  }

  /// The product.
  @inlinable @inline(__always)
  public static func * (left: Self, right: Self) -> Self {
    Self(float_x16_multiply(left.lanes, right.lanes))
  }

  /// The quotient.
  @inlinable @inline(__always)
  public static func / (left: Self, right: Self) -> Self {
    Self(float_x16_divide(left.lanes, right.lanes))
  }

  /// The numbers with their signs changed.
  @inlinable @inline(__always)
  public static prefix func - (value: Self) -> Self { Self(float_x16_negate(value.lanes)) }

  /// The magnitude |x|.
  @inlinable @inline(__always)
  public static func abs(_ x: Self) -> Self { Self(float_x16_magnitude(x.lanes)) }

  /// The square root, correctly rounded; NaN below 0.
  @inlinable @inline(__always)
  public static func sqrt(_ x: Self) -> Self { Self(float_x16_square_root(x.lanes)) }

  /// The power xʸ of a base x ≥ 0, within 0.51 units in the last place; NaN below 0.
  @inlinable @inline(__always)
  public static func pow(_ x: Self, _ y: Self) -> Self {
    let low = DoubleVector.pow(DoubleVector(x.lanes.lowHalf), DoubleVector(y.lanes.lowHalf))
    let high = DoubleVector.pow(DoubleVector(x.lanes.highHalf), DoubleVector(y.lanes.highHalf))
    return Self(SIMD16(lowHalf: low.rounded, highHalf: high.rounded))
  }

  /// 2ⁿ, for whole numbers n from −126 to 127.
  @inlinable @inline(__always)
  public static func powerOfTwo(_ n: Self) -> Self {
    // The sum is a multiple of 1, so that its lowest bits are n + 127, the bits of the exponent.
    powerOfTwo(lowestBitsOf: n + (0x1.8p23 + 127))
  }

  /// 2ⁿ, where the lowest bits of x are n + 127.
  @inlinable @inline(__always)
  public static func powerOfTwo(lowestBitsOf x: Self) -> Self {
    Self(bits: float_x16_shift_left(x.bits, 23))
  }

  /// m in 0.75 ..< 1.5 and whole numbers n with x = m 2ⁿ, for positive normal numbers x.
  @inlinable @inline(__always)
  public static func split(_ x: Self) -> (significand: Self, exponent: Self) {
    let exponent = float_x16_shift_right(x.bits &- SIMD16(repeating: 0x3f40_0000), 23)
    let significand = x.bits &- float_x16_shift_left(exponent, 23)
    return (
      Self(bits: significand),
      Self(bits: exponent &+ SIMD16(repeating: 0x4b40_0000)) - 0x1.8p23
    )
  }
}

// Comparison.
extension FloatVector {
  /// A truth value a lane.
  public struct Mask: FormulaMask {
    /// What the standard library's comparisons result in.
    @usableFromInline
    let lanes: SIMDMask<SIMD16<Int32>>

    @inlinable @inline(__always)
    init(_ lanes: SIMDMask<SIMD16<Int32>>) { self.lanes = lanes }

    /// Whether both hold.
    @inlinable @inline(__always)
    public static func & (left: Mask, right: Mask) -> Mask { Mask(left.lanes .& right.lanes) }

    /// Whether one of them holds, or both.
    @inlinable @inline(__always)
    public static func | (left: Mask, right: Mask) -> Mask { Mask(left.lanes .| right.lanes) }

    /// Whether it doesn't hold.
    @inlinable @inline(__always)
    public static prefix func ! (mask: Mask) -> Mask { Mask(.!mask.lanes) }
  }

  /// Whether `left` is less; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func < (left: Self, right: Self) -> Mask { Mask(left.lanes .< right.lanes) }

  /// Whether `left` is less or equal; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func <= (left: Self, right: Self) -> Mask { Mask(left.lanes .<= right.lanes) }

  /// Whether `left` is greater; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func > (left: Self, right: Self) -> Mask { Mask(left.lanes .> right.lanes) }

  /// Whether `left` is greater or equal; false where one of them is NaN.
  @inlinable @inline(__always)
  public static func >= (left: Self, right: Self) -> Mask { Mask(left.lanes .>= right.lanes) }

  /// `accepted` where the condition holds, `other` elsewhere.
  @inlinable @inline(__always)
  public static func select(_ condition: Mask, _ accepted: Self, else other: Self) -> Self {
    let mask = unsafeBitCast(condition.lanes, to: SIMD16<Int32>.self)
    return Self(float_x16_select(mask, accepted.lanes, other.lanes))
  }
}
