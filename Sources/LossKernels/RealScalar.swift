/// A number that losses are evaluated over: `Float` for work, `Double` for checking.
///
/// A ``FormulaValue`` of one lane, with all that `BinaryFloatingPoint` has. The operators that both
/// protocols have are repeated, so that generic code finds one of each.
public protocol RealScalar: BinaryFloatingPoint, FormulaValue where Mask == Bool {
  /// Neighbouring numbers of this type side by side.
  associatedtype Vector: NumberVector where Vector.Number == Self

  /// `value`, rounded to the format.
  init(_ value: Double)

  /// The whole part of a number from 0 to 2²³. The standard library's generic conversion would be instantiated for
  /// each instruction set.
  var wholePart: Int { get }

  /// The eight numbers from `start` on in double precision.
  static func doubles(at start: UnsafePointer<Self>) -> DoubleVector

  /// Writes eight numbers from `start` on, rounded to the format.
  static func store(_ doubles: DoubleVector, at start: UnsafeMutablePointer<Self>)

  /// The sum.
  static func + (left: Self, right: Self) -> Self
  /// The difference.
  static func - (left: Self, right: Self) -> Self
  /// The product.
  static func * (left: Self, right: Self) -> Self
  /// The quotient.
  static func / (left: Self, right: Self) -> Self
  /// The number with its sign changed.
  static prefix func - (value: Self) -> Self

  /// Whether `left` is less; false where one of them is NaN.
  static func < (left: Self, right: Self) -> Bool
  /// Whether `left` is less or equal; false where one of them is NaN.
  static func <= (left: Self, right: Self) -> Bool
  /// Whether `left` is greater; false where one of them is NaN.
  static func > (left: Self, right: Self) -> Bool
  /// Whether `left` is greater or equal; false where one of them is NaN.
  static func >= (left: Self, right: Self) -> Bool
}

extension Float: RealScalar {
  /// Sixteen numbers.
  public typealias Vector = FloatVector

  @inlinable @inline(__always)
  public var wholePart: Int { Int(self) }

  @inlinable @inline(__always)
  public static func doubles(at start: UnsafePointer<Float>) -> DoubleVector {
    DoubleVector(UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Float>.self))
  }

  @inlinable @inline(__always)
  public static func store(_ doubles: DoubleVector, at start: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(start).storeBytes(of: doubles.rounded, as: SIMD8<Float>.self)
  }
}

extension Double: RealScalar {
  /// Eight numbers.
  public typealias Vector = DoubleVector

  @inlinable @inline(__always)
  public var wholePart: Int { Int(self) }

  @inlinable @inline(__always)
  public static func doubles(at start: UnsafePointer<Double>) -> DoubleVector {
    DoubleVector(at: start)
  }

  @inlinable @inline(__always)
  public static func store(_ doubles: DoubleVector, at start: UnsafeMutablePointer<Double>) {
    doubles.store(at: start)
  }
}
