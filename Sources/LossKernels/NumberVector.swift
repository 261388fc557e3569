/// Neighbouring elements of an array side by side, which formulas are evaluated on at once.
public protocol NumberVector: FormulaValue {
  /// The type of the elements.
  associatedtype Number

  /// How many elements there are.
  static var count: Int { get }

  /// The elements from `start` on, which need not be aligned.
  init(at start: UnsafePointer<Number>)

  /// Writes the elements from `start` on, which need not be aligned.
  func store(at start: UnsafeMutablePointer<Number>)

  /// Adds each element to a lane of `sum`.
  func add(to sum: inout LaneSum)
}

/// Sums in Double, a lane each, which are added up in a fixed order at the end.
public struct LaneSum: Sendable {
  @usableFromInline
  var low: DoubleVector = 0
  @usableFromInline
  var high: DoubleVector = 0

  /// A sum of nothing.
  @inlinable @inline(__always)
  public init() {}

  /// The sum of all lanes.
  @inlinable @inline(__always)
  public var total: Double {
    let lanes = (low + high).lanes
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5]))
      + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
  }
}

extension FloatVector: NumberVector {
  /// Sixteen.
  @inlinable @inline(__always)
  public static var count: Int { 16 }

  /// The sixteen elements from `start` on.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Float>) {
    self.init(UnsafeRawPointer(start).loadUnaligned(as: SIMD16<Float>.self))
  }

  /// Writes the sixteen elements from `start` on.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(start).storeBytes(of: lanes, as: SIMD16<Float>.self)
  }

  /// Adds elements n and n + 8 to lane n.
  @inlinable @inline(__always)
  public func add(to sum: inout LaneSum) {
    sum.low = sum.low + DoubleVector(lanes.lowHalf)
    sum.high = sum.high + DoubleVector(lanes.highHalf)
  }
}

extension DoubleVector: NumberVector {
  /// Eight.
  @inlinable @inline(__always)
  public static var count: Int { 8 }

  /// The eight elements from `start` on.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Double>) {
    self.init(UnsafeRawPointer(start).loadUnaligned(as: SIMD8<Double>.self))
  }

  /// Writes the eight elements from `start` on.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(start).storeBytes(of: lanes, as: SIMD8<Double>.self)
  }

  /// Adds element n to lane n.
  @inlinable @inline(__always)
  public func add(to sum: inout LaneSum) { sum.low = sum.low + self }
}
