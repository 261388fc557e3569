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

/// As many zeros.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func zeros<Number: RealScalar>(_ count: Int) -> [Number] {
  [Number](repeating: 0, count: max(0, count))
}
