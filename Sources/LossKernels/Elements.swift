/// Evaluates a formula on each element of a block, a vector of neighbours at a time.
///
/// Inlined into the caller, so that the formula is compiled into the loop. A number gives the same
/// bits in a vector and alone, so that nothing depends on where in a block an element stands.
///
/// - Parameters:
///   - predictions: The elements.
///   - targets: As many targets.
///   - values: Receives the first of what the formula gives; as many.
///   - gradient: Receives the second; as many, or none where none is asked for.
///   - vectorFormula: The formula on vectors.
///   - formula: The same formula on numbers, for the elements that don't fill a vector.
@inlinable @inline(__always)
public func scoreElements<Number: RealScalar>(
  _ predictions: Span<Number>, against targets: Span<Number>,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  _ vectorFormula: (Number.Vector, Number.Vector) -> (value: Number.Vector, slope: Number.Vector),
  _ formula: (Number, Number) -> (value: Number, slope: Number)
) {
  let count = predictions.count
  guard targets.count == count, values.count == count,
    gradient.isEmpty || gradient.count == count
  else { return }
  let vectorEnd = count - count % Number.Vector.count
  let wantsGradient = !gradient.isEmpty
  predictions.withUnsafeBufferPointer { x in
    targets.withUnsafeBufferPointer { y in
      values.withUnsafeMutableBufferPointer { values in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let x = x.baseAddress, let y = y.baseAddress, let values = values.baseAddress
          else { return }
          var index = 0
          if wantsGradient, let gradient = gradient.baseAddress {
            while index < vectorEnd {
              let (value, slope) = vectorFormula(
                Number.Vector(at: x + index), Number.Vector(at: y + index))
              value.store(at: values + index)
              slope.store(at: gradient + index)
              index &+= Number.Vector.count
            }
            while index < count {
              (values[index], gradient[index]) = formula(x[index], y[index])
              index &+= 1
            }
          } else {
            while index < vectorEnd {
              vectorFormula(Number.Vector(at: x + index), Number.Vector(at: y + index)).value
                .store(at: values + index)
              index &+= Number.Vector.count
            }
            while index < count {
              values[index] = formula(x[index], y[index]).value
              index &+= 1
            }
          }
        }
      }
    }
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

/// Multiplies each element by `factor`.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func scale<Number: RealScalar>(_ elements: inout MutableSpan<Number>, by factor: Number) {
  elements.withUnsafeMutableBufferPointer { buffer in
    for index in buffer.indices { buffer[index] *= factor }
  }
}

/// The index of the first element that is NaN or infinite.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func firstNonFinite<Number: RealScalar>(_ elements: Span<Number>) -> Int? {
  elements.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return nil }
    // What isn't finite stays so in a sum. Where a sum of finite elements overflows, the search below
    // finds none. Two sums take turns, so that one addition needn't wait for the last.
    var check: Number.Vector = 0
    var other: Number.Vector = 0
    var index = 0
    while index + 2 * Number.Vector.count <= buffer.count {
      check = check + Number.Vector(at: start + index)
      other = other + Number.Vector(at: start + index + Number.Vector.count)
      index &+= 2 * Number.Vector.count
    }
    check = check + other
    var lanes = LaneSum()
    check.add(to: &lanes)
    let rest = buffer[index...]
    guard !lanes.total.isFinite || !rest.allSatisfy(\.isFinite) else { return nil }
    return buffer.firstIndex { !$0.isFinite }
  }
}

/// Replaces each element by what a formula gives for it, a vector of neighbours at a time.
///
/// - Parameters:
///   - vectorFormula: The formula on vectors.
///   - formula: The same formula on numbers, for the elements that don't fill a vector.
@inlinable @inline(__always)
public func transformElements<Number: RealScalar>(
  _ elements: inout MutableSpan<Number>, _ vectorFormula: (Number.Vector) -> Number.Vector,
  _ formula: (Number) -> Number
) {
  elements.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return }
    var index = 0
    while index + Number.Vector.count <= buffer.count {
      vectorFormula(Number.Vector(at: start + index)).store(at: start + index)
      index &+= Number.Vector.count
    }
    while index < buffer.count {
      start[index] = formula(start[index])
      index &+= 1
    }
  }
}

/// As many zeros.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func zeros<Number: RealScalar>(_ count: Int) -> [Number] {
  [Number](repeating: 0, count: max(0, count))
}
