extension FormulaBox {
  /// The derivatives by the coordinates of a box in the place of these.
  @inlinable @inline(__always)
  init(_ derivatives: Derivatives<Value>) {
    self.init(
      derivatives.first ?? 0, derivatives.second ?? 0, derivatives.third ?? 0,
      derivatives.fourth ?? 0)
  }

  /// One box, of the four numbers from `start` on.
  @inlinable @inline(__always)
  init(number start: UnsafePointer<Value>) {
    self.init(start[0], start[1], start[2], start[3])
  }
}

/// A number for each box of `[rows, 4]`, by a formula, a vector of neighbours at a time.
@inlinable @inline(__always)
public func numbers<Number: RealScalar>(
  ofBoxes boxes: [Number], by formula: (FormulaBox<Number.Vector>) -> Number.Vector
) -> [Number] {
  let rows = boxes.count / 4
  let lanes = Number.Vector.count
  let full = rows / lanes * lanes
  // The last boxes, filled up to a vector.
  let rest = Array(boxes[(4 * full)...]) + repeatElement(0, count: 4 * lanes)
  return [Number](unsafeUninitializedCapacity: full + lanes) { results, initializedCount in
    initializedCount = rows
    boxes.withUnsafeBufferPointer { boxes in
      guard let start = boxes.baseAddress, let result = results.baseAddress else { return }
      for row in stride(from: 0, to: full, by: lanes) {
        formula(FormulaBox(at: start + 4 &* row)).store(at: result + row)
      }
      rest.withUnsafeBufferPointer { rest in
        guard let start = rest.baseAddress else { return }
        formula(FormulaBox(at: start)).store(at: result + full)
      }
    }
  }
}

/// The index of the first box of `[rows, 4]` with a negative side: x2 < x1 or y2 < y1.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func firstInvertedBox<Number: RealScalar>(_ boxes: Span<Number>) -> Int? {
  let rows = boxes.count / 4
  return boxes.withUnsafeBufferPointer { boxes in
    guard let start = boxes.baseAddress else { return nil }
    var least: Number.Vector = 0
    var row = 0
    while row &+ Number.Vector.count <= rows {
      let box = FormulaBox<Number.Vector>(at: start + 4 &* row)
      least = .min(least, .min(box.width, box.height))
      row &+= Number.Vector.count
    }
    let isInverted = { (row: Int) in
      let box = FormulaBox(number: start + 4 &* row)
      return Number.min(box.width, box.height) < 0
    }
    guard least.reduced(Number.Vector.min) < 0 || (row..<rows).contains(where: isInverted)
    else { return nil }
    return (0..<rows).first(where: isInverted)
  }
}

extension LossBlock {
  /// The first row whose target has a negative side, and its box.
  public borrowing func firstInvertedTarget() -> (row: Int, box: [Number])? {
    let span = Span(_unsafeElements: UnsafeBufferPointer(start: targets, count: 4 &* rowCount))
    guard let row = firstInvertedBox(span) else { return nil }
    return (row, (4 * row..<4 * row + 4).map { targets[$0] })
  }
}
