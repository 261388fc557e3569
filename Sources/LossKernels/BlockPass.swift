/// What a block of rows comes to.
public struct BlockSum: Sendable {
  /// The sum of the weighted values, in an order that depends on the block's size alone.
  public var value: Double
  /// Whether all predictions and targets are finite; else the value and what was written mean nothing.
  public var isFinite: Bool

  /// A sum, of finite numbers or not.
  @inlinable @inline(__always)
  public init(value: Double, isFinite: Bool) {
    self.value = value
    self.isFinite = isFinite
  }
}

/// What a pass over a block of predictions and targets reads, writes and adds up.
@usableFromInline
struct BlockPass<Number: RealScalar> {
  @usableFromInline
  typealias Vector = Number.Vector

  @usableFromInline
  let predictions: UnsafePointer<Number>
  @usableFromInline
  let targets: UnsafePointer<Number>
  @usableFromInline
  let weights: UnsafePointer<Number>?
  @usableFromInline
  let values: UnsafeMutablePointer<Number>?
  @usableFromInline
  let gradient: UnsafeMutablePointer<Number>?
  @usableFromInline
  let scale: Vector
  @usableFromInline
  var valueSum = LaneSum()
  @usableFromInline
  var check = FiniteCheck<Vector>()

  /// Nothing where there are no predictions; weights, values and gradient may be empty.
  @inlinable @inline(__always)
  init?(
    _ predictions: UnsafeBufferPointer<Number>, against targets: UnsafeBufferPointer<Number>,
    weights: UnsafeBufferPointer<Number>, scale: Number,
    values: UnsafeMutableBufferPointer<Number>, gradient: UnsafeMutableBufferPointer<Number>
  ) {
    guard let predictions = predictions.baseAddress, let targets = targets.baseAddress
    else { return nil }
    self.predictions = predictions
    self.targets = targets
    self.weights = weights.isEmpty ? nil : weights.baseAddress
    self.values = values.isEmpty ? nil : values.baseAddress
    self.gradient = gradient.isEmpty ? nil : gradient.baseAddress
    self.scale = Vector(repeating: scale)
  }

  /// What was added up, and whether all numbers that were checked are finite.
  @inlinable @inline(__always)
  var sum: BlockSum { BlockSum(value: valueSum.total, isFinite: check.holds) }

  /// Writes the first `count` values of a vector where they are asked for, and adds them up.
  @inlinable @inline(__always)
  mutating func add(_ value: Vector, _ count: Int, at index: Int) {
    if let values { value.store(first: count, at: values + index) }
    if count < Vector.count {
      Vector.select(Vector.lanes(from: count), 0, else: value).add(to: &valueSum)
    } else {
      value.add(to: &valueSum)
    }
  }
}

/// Tells whether numbers are finite: x − x is 0 for those and NaN for others, and stays so in a sum.
@usableFromInline
struct FiniteCheck<Vector: NumberVector> {
  @usableFromInline
  var sum: Vector = 0

  @inlinable @inline(__always)
  init() {}

  @inlinable @inline(__always)
  mutating func add(_ x: Vector) { sum = sum + (x - x) }

  @inlinable @inline(__always)
  mutating func add(_ x: Vector, _ y: Vector) { sum = sum + ((x - x) + (y - y)) }

  /// Whether all were.
  @inlinable @inline(__always)
  var holds: Bool {
    var lanes = LaneSum()
    sum.add(to: &lanes)
    return lanes.total == 0
  }
}
