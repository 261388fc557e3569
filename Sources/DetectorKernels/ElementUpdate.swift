import LossKernels

/// A rule that moves a number against its gradient, with two numbers of its own memory.
///
/// Written once for vectors and for numbers, which give the same bits.
public protocol ElementUpdate: Sendable {
  /// Changes a number and what the rule remembers of it.
  func update<Value: FormulaValue>(
    _ value: inout Value, _ first: inout Value, _ second: inout Value, gradient: Value)
}

/// Updates each of as many numbers, memories and gradients; does nothing where there aren't as many.
@inlinable @inline(__always)
public func updateElements(
  _ values: inout MutableSpan<Float>, _ first: inout MutableSpan<Float>,
  _ second: inout MutableSpan<Float>, gradient: Span<Float>, by rule: some ElementUpdate
) {
  let count = values.count
  guard first.count == count, second.count == count, gradient.count == count else { return }
  values.withUnsafeMutableBufferPointer { values in
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        gradient.withUnsafeBufferPointer { gradient in
          guard let x = values.baseAddress, let a = first.baseAddress,
            let b = second.baseAddress, let g = gradient.baseAddress
          else { return }
          var index = 0
          while index + FloatVector.count <= count {
            var value = FloatVector(at: x + index)
            var one = FloatVector(at: a + index)
            var two = FloatVector(at: b + index)
            rule.update(&value, &one, &two, gradient: FloatVector(at: g + index))
            value.store(at: x + index)
            one.store(at: a + index)
            two.store(at: b + index)
            index &+= FloatVector.count
          }
          while index < count {
            rule.update(&x[index], &a[index], &b[index], gradient: g[index])
            index &+= 1
          }
        }
      }
    }
  }
}

/// The sum of the squares in Double, in an order that depends on their number alone.
public func sumOfSquares(_ elements: Span<Float>) -> Double {
  elements.withUnsafeBufferPointer { buffer in
    guard let start = buffer.baseAddress else { return 0 }
    var lanes = LaneSum()
    var index = 0
    while index + FloatVector.count <= buffer.count {
      let vector = FloatVector(at: start + index)
      (vector * vector).add(to: &lanes)
      index &+= FloatVector.count
    }
    var total = lanes.total
    while index < buffer.count {
      total += Double(start[index] * start[index])
      index &+= 1
    }
    return total
  }
}
