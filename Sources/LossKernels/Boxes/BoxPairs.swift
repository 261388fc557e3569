/// Scores each pair of boxes of a block by a formula, a vector of neighbours at a time, in one pass.
///
/// Inlined into the caller, so that the formula is compiled into the loop.
///
/// - Parameters:
///   - predictions: `[rows, 4]`, each row x1, y1, x2, y2.
///   - targets: As many boxes.
///   - weights: What value and slopes of each pair are multiplied by; `[rows]`, or none where all weigh 1.
///   - scale: What the slopes are multiplied by besides.
///   - values: Receives the weighted value of each pair; `[rows]`, or none where only their sum is asked
///     for.
///   - gradient: Receives the weighted and scaled derivatives by the predicted coordinates, `[rows, 4]`;
///     empty where none are asked for.
///   - formula: The formula, in dual numbers.
/// - Returns: The sum of the weighted values.
@inlinable @inline(__always)
public func scoreBoxPairs<Number: RealScalar>(
  _ predictions: Span<Number>, against targets: Span<Number>, weights: Span<Number>, scale: Number,
  values: inout MutableSpan<Number>, gradient: inout MutableSpan<Number>,
  _ formula: (FormulaBox<Dual<Number.Vector>>, FormulaBox<Dual<Number.Vector>>) -> Dual<
    Number.Vector
  >
) -> BlockSum {
  let rows = predictions.count / 4
  guard predictions.count == 4 * rows, targets.count == predictions.count,
    weights.isEmpty || weights.count == rows, values.isEmpty || values.count == rows,
    gradient.isEmpty || gradient.count == predictions.count
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
            withUnsafeTemporaryAllocation(
              of: Number.self, capacity: 8 * Number.Vector.count
            ) { scratch in
              guard let scratch = scratch.baseAddress else { return }
              var row = 0
              while row < rows {
                pass.score(
                  Swift.min(Number.Vector.count, rows &- row), from: row, scratch: scratch,
                  formula)
                row &+= Number.Vector.count
              }
            }
            return pass.sum
          }
        }
      }
    }
  }
}

extension BlockPass {
  /// Scores `count` pairs, no more than a vector has lanes.
  ///
  /// - Parameter scratch: Room for two boxes a lane, where the last ones are filled up to a vector.
  @inlinable @inline(__always)
  mutating func score(
    _ count: Int, from row: Int, scratch: UnsafeMutablePointer<Number>,
    _ formula: (FormulaBox<Dual<Vector>>, FormulaBox<Dual<Vector>>) -> Dual<Vector>
  ) {
    var predicted = predictions + 4 &* row
    var given = targets + 4 &* row
    if count < Vector.count {
      // The last box again in lanes without one.
      let secondHalf = 4 &* Vector.count
      var element = 0
      while element < secondHalf {
        let source = Swift.min(element / 4, count &- 1) &* 4 &+ element % 4
        scratch[element] = predicted[source]
        scratch[secondHalf &+ element] = given[source]
        element &+= 1
      }
      predicted = UnsafePointer(scratch)
      given = UnsafePointer(scratch + secondHalf)
    }
    let prediction = FormulaBox<Vector>(at: predicted)
    let target = FormulaBox<Vector>(at: given)
    check.add(prediction.x1, prediction.y1)
    check.add(prediction.x2, prediction.y2)
    check.add(target.x1, target.y1)
    check.add(target.x2, target.y2)
    let score = formula(prediction.variable, target.constant)
    var value = score.value
    var factor = scale
    if let weights {
      let weight = Vector(first: count, at: weights + row)
      value = value * weight
      factor = factor * weight
    }
    if let gradient {
      let slopes = FormulaBox(score.slopes)
      let scaled = FormulaBox(
        slopes.x1 * factor, slopes.y1 * factor, slopes.x2 * factor, slopes.y2 * factor)
      if count == Vector.count {
        scaled.store(at: gradient + 4 &* row)
      } else {
        scaled.store(at: scratch)
        (gradient + 4 &* row).update(from: scratch, count: 4 &* count)
      }
    }
    add(value, count, at: row)
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
