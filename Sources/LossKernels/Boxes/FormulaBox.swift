/// A box that formulas are written over: its corners as numbers, as vectors of several boxes', or with
/// their derivatives.
public struct FormulaBox<Value: FormulaValue>: Sendable {
  /// The left side.
  public var x1: Value
  /// The upper side.
  public var y1: Value
  /// The right side.
  public var x2: Value
  /// The lower side.
  public var y2: Value

  /// The box between two corners.
  @inlinable @inline(__always)
  public init(_ x1: Value, _ y1: Value, _ x2: Value, _ y2: Value) {
    self.x1 = x1
    self.y1 = y1
    self.x2 = x2
    self.y2 = y2
  }

  /// The width, x2 − x1.
  @inlinable @inline(__always)
  public var width: Value { x2 - x1 }

  /// The height, y2 − y1.
  @inlinable @inline(__always)
  public var height: Value { y2 - y1 }

  /// Width times height.
  @inlinable @inline(__always)
  public var area: Value { width * height }

  /// The centre.
  @inlinable @inline(__always)
  public var center: (x: Value, y: Value) { (0.5 * (x1 + x2), 0.5 * (y1 + y2)) }

  /// The area that two boxes share; a constant 0 where they share none or touch.
  @inlinable @inline(__always)
  public func intersection(_ other: Self) -> Value {
    let (width, height) = (sharedWidth(other), sharedHeight(other))
    return .select((width > 0) & (height > 0), width * height, else: 0)
  }

  /// The area that two boxes share whose sides are differences of coordinates plus `extent`; 0 where they share
  /// none. Not for derivatives, which aren't 0 where the boxes touch.
  @inlinable @inline(__always)
  public func intersection(_ other: Self, extent: Value) -> Value {
    .max(0, sharedWidth(other) + extent) * .max(0, sharedHeight(other) + extent)
  }

  @inlinable @inline(__always)
  func sharedWidth(_ other: Self) -> Value { .min(x2, other.x2) - .max(x1, other.x1) }

  @inlinable @inline(__always)
  func sharedHeight(_ other: Self) -> Value { .min(y2, other.y2) - .max(y1, other.y1) }

  /// The area that one of two boxes covers, or both.
  @inlinable @inline(__always)
  public func union(_ other: Self) -> Value { area + other.area - intersection(other) }

  /// The smallest box that holds both.
  @inlinable @inline(__always)
  public func hull(_ other: Self) -> Self {
    Self(.min(x1, other.x1), .min(y1, other.y1), .max(x2, other.x2), .max(y2, other.y2))
  }
}

extension FormulaBox {
  /// The box on dual numbers, a constant.
  @inlinable @inline(__always)
  public var constant: FormulaBox<Dual<Value>> {
    FormulaBox<Dual<Value>>(Dual(x1), Dual(y1), Dual(x2), Dual(y2))
  }

  /// The box on dual numbers, whose coordinates are the four variables.
  @inlinable @inline(__always)
  public var variable: FormulaBox<Dual<Value>> {
    FormulaBox<Dual<Value>>(
      Dual(x1, Derivatives(first: 1)), Dual(y1, Derivatives(second: 1)),
      Dual(x2, Derivatives(third: 1)), Dual(y2, Derivatives(fourth: 1)))
  }
}

extension FormulaBox where Value: NumberVector {
  /// As many boxes as a vector has lanes, from `start` on, each as x1, y1, x2, y2.
  @inlinable @inline(__always)
  public init(at start: UnsafePointer<Value.Number>) {
    let (left, right) = (Value.pairs(at: start), Value.pairs(at: start + 2 * Value.count))
    let (x1, x2) = Value.pairs(left.even, right.even)
    let (y1, y2) = Value.pairs(left.odd, right.odd)
    self.init(x1, y1, x2, y2)
  }

  /// Writes the boxes from `start` on, each as x1, y1, x2, y2.
  @inlinable @inline(__always)
  public func store(at start: UnsafeMutablePointer<Value.Number>) {
    let (x, y) = (Value.alternating(x1, x2), Value.alternating(y1, y2))
    Value.store(even: x.low, odd: y.low, at: start)
    Value.store(even: x.high, odd: y.high, at: start + 2 * Value.count)
  }
}
