import VectorArithmetic

/// Eight `Double`s side by side: a register of AVX-512, two of AVX2, four of SSE2 and NEON.
public struct DoubleVector: FloatingPointLanes {
  /// Double precision.
  public typealias Format = DoublePrecision<DoubleVector>

  /// The numbers.
  public var lanes: SIMD8<Double>

  /// A vector of `lanes`.
  @inlinable @inline(__always)
  public init(_ lanes: SIMD8<Double>) { self.lanes = lanes }

  /// `value` in all lanes.
  @inlinable @inline(__always)
  public init(_ value: Double) { lanes = SIMD8(repeating: value) }

  /// `value` in all lanes.
  @inlinable @inline(__always)
  public init(floatLiteral value: Double) { lanes = SIMD8(repeating: value) }

  /// `value` in all lanes.
  @inlinable @inline(__always)
  public init(integerLiteral value: Double) { lanes = SIMD8(repeating: value) }

  @inlinable @inline(__always)
  init(bits: SIMD8<Int64>) { lanes = unsafeBitCast(bits, to: SIMD8<Double>.self) }

  @inlinable @inline(__always)
  var bits: SIMD8<Int64> { unsafeBitCast(lanes, to: SIMD8<Int64>.self) }
}

// Arithmetic.
extension DoubleVector {
  /// The sum.
  @inlinable @inline(__always)
  public static func + (left: Self, right: Self) -> Self {
    Self(double_x8_add(left.lanes, right.lanes))
  }

  /// The difference.
  @inlinable @inline(__always)
  public static func - (left: Self, right: Self) -> Self {
    Self(double_x8_subtract(left.lanes, right.lanes))
  }

  /// The product.
  @inlinable @inline(__always)
  public static func * (left: Self, right: Self) -> Self {
    Self(double_x8_multiply(left.lanes, right.lanes))
  }

  /// The quotient.
  @inlinable @inline(__always)
  public static func / (left: Self, right: Self) -> Self {
    Self(double_x8_divide(left.lanes, right.lanes))
  }

  /// The numbers with their signs changed.
  @inlinable @inline(__always)
  public static prefix func - (value: Self) -> Self { Self(double_x8_negate(value.lanes)) }

  /// The magnitude |x|.
  @inlinable @inline(__always)
  public static func abs(_ x: Self) -> Self { Self(double_x8_magnitude(x.lanes)) }

  /// The square root, correctly rounded; NaN below 0.
  @inlinable @inline(__always)
  public static func sqrt(_ x: Self) -> Self { Self(double_x8_square_root(x.lanes)) }

  /// 2ⁿ, for whole numbers n from −1022 to 1023.
  @inlinable @inline(__always)
  public static func powerOfTwo(_ n: Self) -> Self {
    // The sum is a multiple of 1, so that its lowest bits are n + 1023, the bits of the exponent.
    powerOfTwo(lowestBitsOf: n + (0x1.8p52 + 1023))
  }

  /// 2ⁿ, where the lowest bits of x are n + 1023.
  @inlinable @inline(__always)
  public static func powerOfTwo(lowestBitsOf x: Self) -> Self {
    Self(bits: double_x8_shift_left(x.bits, 52))
  }

  /// m in 0.75 ..< 1.5 and whole numbers n with x = m 2ⁿ, for positive normal numbers x.
  @inlinable @inline(__always)
  public static func split(_ x: Self) -> (significand: Self, exponent: Self) {
    let exponent = double_x8_shift_right(x.bits &- SIMD8(repeating: 0x3fe8_0000_0000_0000), 52)
    let significand = x.bits &- double_x8_shift_left(exponent, 52)
    return (
      Self(bits: significand),
      Self(bits: exponent &+ SIMD8(repeating: 0x4338_0000_0000_0000)) - 0x1.8p52
    )
  }
}

// Comparison.
extension DoubleVector {
  /// A truth value a lane.
  public struct Mask: FormulaMask {
    /// What the standard library's comparisons result in.
    @usableFromInline
    let lanes: SIMDMask<SIMD8<Int64>>

    @inlinable @inline(__always)
    init(_ lanes: SIMDMask<SIMD8<Int64>>) { self.lanes = lanes }

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
    let mask = unsafeBitCast(condition.lanes, to: SIMD8<Int64>.self)
    return Self(double_x8_select(mask, accepted.lanes, other.lanes))
  }
}

// Conversion.
extension DoubleVector {
  /// The same numbers in double precision.
  @inlinable @inline(__always)
  public init(_ lanes: SIMD8<Float>) { self.lanes = double_x8_from_float(lanes) }

  /// The numbers rounded to single precision.
  @inlinable @inline(__always)
  public var rounded: SIMD8<Float> { float_x8_from_double(lanes) }
}
