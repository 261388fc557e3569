/// Scores each element of a block by a formula, a vector of neighbours at a time, in one pass.
///
/// Inlined into the caller, so that the formula is compiled into the loop. A number gives the same
/// bits wherever in a block it stands.
///
/// - Parameters:
///   - predictions: The elements.
///   - targets: As many targets.
///   - weights: What value and slope are multiplied by; as many, or none where all weigh 1.
///   - scale: What the slope is multiplied by besides.
///   - values: Receives the weighted values; as many, or none where only their sum is asked for.
///   - gradient: Receives the weighted and scaled slopes; as many, or none where none is asked for.
///   - formula: The value of an element, and its derivative by the prediction.
/// - Returns: The sum of the weighted values.
@inlinable @inline(__always)
public func scoreElements<Number: RealScalar>(
  _ predictions: Span<Number>, against targets: Span<Number>, weights: Span<Number>, scale: Number,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  _ formula: (Number.Vector, Number.Vector) -> (value: Number.Vector, slope: Number.Vector)
) -> BlockSum {
  typealias Vector = Number.Vector
  let count = predictions.count
  guard targets.count == count, weights.isEmpty || weights.count == count,
    values.isEmpty || values.count == count, gradient.isEmpty || gradient.count == count
  else { return BlockSum(value: 0, isFinite: false) }
  return predictions.withUnsafeBufferPointer { predictions in
    targets.withUnsafeBufferPointer { targets in
      weights.withUnsafeBufferPointer { weights in
        values.withUnsafeMutableBufferPointer { values in
          gradient.withUnsafeMutableBufferPointer { gradient in
            guard
              var pass = BlockPass(
                predictions, against: targets, weights: weights, scale: scale, values: values,
                gradient: gradient)
            else { return BlockSum(value: 0, isFinite: true) }
            var index = 0
            while index <= count &- Vector.count {
              pass.score(Vector.count, from: index, formula)
              index &+= Vector.count
            }
            if index < count { pass.score(count &- index, from: index, formula) }
            return pass.sum
          }
        }
      }
    }
  }
}

extension BlockPass {
  /// Scores `count` elements, no more than a vector has.
  @inlinable @inline(__always)
  mutating func score(
    _ count: Int, from index: Int, _ formula: (Vector, Vector) -> (value: Vector, slope: Vector)
  ) {
    let x = Vector(first: count, at: predictions + index)
    let y = Vector(first: count, at: targets + index)
    check.add(x, y)
    var (value, slope) = formula(x, y)
    if let weights {
      let weight = Vector(first: count, at: weights + index)
      value = value * weight
      slope = slope * weight
    }
    if let gradient { (slope * scale).store(first: count, at: gradient + index) }
    add(value, count, at: index)
  }
}

/// The sum of the elements in Double, in an order that depends on their number alone.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func sum<Number: RealScalar>(_ elements: Span<Number>) -> Double {
  elements.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return 0 }
    var lanes = LaneSum()
    var index = 0
    while index + Number.Vector.count <= buffer.count {
      Number.Vector(at: start + index).add(to: &lanes)
      index &+= Number.Vector.count
    }
    var total = lanes.total
    while index < buffer.count {
      total += Double(start[index])
      index &+= 1
    }
    return total
  }
}

/// Whether no element is NaN or infinite.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func areFinite<Number: RealScalar>(_ elements: Span<Number>) -> Bool {
  elements.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return true }
    // What isn't finite stays so in a sum; finite numbers whose sum overflows are looked at again. Two
    // sums take turns, so that one addition needn't wait for the last.
    var even: Number.Vector = 0
    var odd: Number.Vector = 0
    var index = 0
    while index + 2 * Number.Vector.count <= buffer.count {
      even = even + Number.Vector(at: start + index)
      odd = odd + Number.Vector(at: start + index + Number.Vector.count)
      index &+= 2 * Number.Vector.count
    }
    var lanes = LaneSum()
    (even + odd).add(to: &lanes)
    let rest = buffer[index...]
    return lanes.total.isFinite && rest.allSatisfy(\.isFinite) || buffer.allSatisfy(\.isFinite)
  }
}

/// The index of the first element that is NaN or infinite.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func firstNonFinite<Number: RealScalar>(_ elements: Span<Number>) -> Int? {
  areFinite(elements) ? nil : elements.indices.first { !elements[$0].isFinite }
}

/// Sets each element to 0.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func clear<Number: RealScalar>(_ elements: inout MutableSpan<Number>) {
  elements.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
}

/// As many zeros.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func zeros<Number: RealScalar>(_ count: Int) -> [Number] {
  [Number](repeating: 0, count: max(0, count))
}
