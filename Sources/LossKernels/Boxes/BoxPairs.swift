/// Evaluates a formula on each pair of boxes of a block, a vector of neighbours at a time.
///
/// Inlined into the caller, so that the formula is compiled into the loop.
///
/// - Parameters:
///   - predictions: `[rows, 4]`, each row x1, y1, x2, y2.
///   - targets: As many boxes.
///   - values: Receives the value of each pair; `[rows]`.
///   - gradient: Receives the derivatives by the predicted coordinates, `[rows, 4]`; empty where none
///     are asked for.
///   - vectorFormula: The formula on vectors, in dual numbers.
///   - formula: The same formula on numbers, for the boxes that don't fill a vector.
@inlinable @inline(__always)
public func scoreBoxPairs<Number: RealScalar>(
  _ predictions: Span<Number>, against targets: Span<Number>,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  _ vectorFormula: (FormulaBox<Dual<Number.Vector>>, FormulaBox<Dual<Number.Vector>>) -> Dual<
    Number.Vector
  >,
  _ formula: (FormulaBox<Dual<Number>>, FormulaBox<Dual<Number>>) -> Dual<Number>
) {
  let rows = values.count
  guard predictions.count / 4 >= rows, targets.count / 4 >= rows,
    gradient.isEmpty || gradient.count / 4 >= rows
  else { return }
  let wantsGradient = !gradient.isEmpty
  let lanes = Number.Vector.count
  predictions.withUnsafeBufferPointer { predictions in
    targets.withUnsafeBufferPointer { targets in
      values.withUnsafeMutableBufferPointer { values in
        gradient.withUnsafeMutableBufferPointer { gradient in
          guard let predictions = predictions.baseAddress, let targets = targets.baseAddress,
            let values = values.baseAddress
          else { return }
          let gradient = wantsGradient ? gradient.baseAddress : nil
          var row = 0
          while row &+ lanes <= rows {
            let score = vectorFormula(
              FormulaBox<Number.Vector>(at: predictions + 4 &* row).variable,
              FormulaBox<Number.Vector>(at: targets + 4 &* row).constant)
            score.value.store(at: values + row)
            if let gradient {
              FormulaBox(score.slopes).store(at: gradient + 4 &* row)
            }
            row &+= lanes
          }
          while row < rows {
            let score = formula(
              FormulaBox(number: predictions + 4 &* row).variable,
              FormulaBox(number: targets + 4 &* row).constant)
            values[row] = score.value
            if let gradient {
              FormulaBox(score.slopes).store(number: gradient + 4 &* row)
            }
            row &+= 1
          }
        }
      }
    }
  }
}

extension FormulaBox {
  /// The derivatives by the coordinates of a box in the place of these.
  @inlinable @inline(__always)
  init(_ slopes: Slopes<Value>) {
    self.init(slopes.first ?? 0, slopes.second ?? 0, slopes.third ?? 0, slopes.fourth ?? 0)
  }

  /// One box, of the four numbers from `start` on.
  @inlinable @inline(__always)
  init(number start: UnsafePointer<Value>) {
    self.init(start[0], start[1], start[2], start[3])
  }

  /// Writes one box as four numbers from `start` on.
  @inlinable @inline(__always)
  func store(number start: UnsafeMutablePointer<Value>) {
    (start[0], start[1], start[2], start[3]) = (x1, y1, x2, y2)
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
