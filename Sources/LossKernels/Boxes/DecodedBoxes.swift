/// Four numbers that lead from a prior to a box, as formulas see them.
public typealias FormulaDeltas<Value> = (Value, Value, Value, Value)

/// Decodes the rows of a block, a vector of neighbours at a time, and differentiates where asked to.
///
/// The formula alone is compiled into the caller, and once: rows that don't fill a vector are filled up.
///
/// - Parameters:
///   - deltas: `[rows, 4]`.
///   - priors: `[rows, 4]`, each row x1, y1, x2, y2.
///   - boxes: Receives the boxes; `[rows, 4]`.
///   - derivatives: Receives the derivatives of the coordinates by the deltas, `[4, rows, 4]`, coordinates
///     outermost and deltas innermost; empty where none are asked for.
///   - formula: The coder's formula, in dual numbers.
@_alwaysEmitIntoClient @inline(__always)
public func decodeBoxes<Number: RealScalar>(
  _ deltas: Span<Number>, relativeTo priors: Span<Number>, boxes: inout MutableSpan<Number>,
  derivatives: inout MutableSpan<Number>,
  _ formula: (FormulaDeltas<Dual<Number.Vector>>, FormulaBox<Dual<Number.Vector>>) ->
    FormulaBox<Dual<Number.Vector>>
) {
  forEachVector(of: deltas, priors, &boxes, &derivatives) {
    deltas, priors, boxes, derivatives, distance in
    let delta = FormulaBox<Number.Vector>(at: deltas).variable
    let box = formula(
      (delta.x1, delta.y1, delta.x2, delta.y2), FormulaBox<Number.Vector>(at: priors).constant)
    box.values().store(at: boxes)
    guard let derivatives else { return }
    FormulaBox(box.x1.derivatives).store(at: derivatives)
    FormulaBox(box.y1.derivatives).store(at: derivatives + distance)
    FormulaBox(box.x2.derivatives).store(at: derivatives + 2 &* distance)
    FormulaBox(box.y2.derivatives).store(at: derivatives + 3 &* distance)
  }
}

/// Calls `body` with where the rows of each vector begin, and how far the derivatives of one coordinate are from
/// those of the next. Rows that don't fill a vector are brought to a place where they do, and back.
@specialized(where Number == Float)
@specialized(where Number == Double)
@usableFromInline
func forEachVector<Number: RealScalar>(
  of deltas: Span<Number>, _ priors: Span<Number>, _ boxes: inout MutableSpan<Number>,
  _ derivatives: inout MutableSpan<Number>,
  _ body: (
    _ deltas: UnsafePointer<Number>, _ priors: UnsafePointer<Number>,
    _ boxes: UnsafeMutablePointer<Number>, _ derivatives: UnsafeMutablePointer<Number>?,
    _ distance: Int
  ) -> Void
) {
  let count = boxes.count / 4 * 4
  guard deltas.count >= count, priors.count >= count,
    derivatives.isEmpty || derivatives.count >= 4 * count
  else { return }
  let wantsDerivatives = !derivatives.isEmpty
  let step = 4 * Number.Vector.count
  let full = count / step * step
  deltas.withUnsafeBufferPointer { deltas in
    priors.withUnsafeBufferPointer { priors in
      boxes.withUnsafeMutableBufferPointer { boxes in
        derivatives.withUnsafeMutableBufferPointer { derivatives in
          guard let deltas = deltas.baseAddress, let priors = priors.baseAddress,
            let boxes = boxes.baseAddress
          else { return }
          // An empty array has an address too, of a place that isn't its own.
          let derivatives = wantsDerivatives ? derivatives.baseAddress : nil
          for first in stride(from: 0, to: full, by: step) {
            body(
              deltas + first, priors + first, boxes + first,
              derivatives.map { $0 + first }, count)
          }
          let rest = count - full
          guard rest > 0 else { return }
          // Deltas, priors and boxes, then the derivatives of each coordinate.
          var room = [Number](repeating: 0, count: 7 * step)
          room.withUnsafeMutableBufferPointer { room in
            guard let start = room.baseAddress else { return }
            start.update(from: deltas + full, count: rest)
            (start + step).update(from: priors + full, count: rest)
            body(start, start + step, start + 2 * step, start + 3 * step, step)
            (boxes + full).update(from: start + 2 * step, count: rest)
            guard let derivatives else { return }
            for coordinate in 0..<4 {
              (derivatives + (coordinate * count + full))
                .update(from: start + (3 + coordinate) * step, count: rest)
            }
          }
        }
      }
    }
  }
}

extension FormulaBox {
  /// The box without its derivatives.
  @_alwaysEmitIntoClient @inline(__always)
  func values<Number>() -> FormulaBox<Number> where Value == Dual<Number> {
    FormulaBox<Number>(x1.value, y1.value, x2.value, y2.value)
  }
}

/// Turns derivatives by the coordinates of boxes into those by the deltas that the boxes were decoded
/// from: the chain rule.
///
/// - Parameters:
///   - gradient: `[rows, 4]`, by coordinates at first, by deltas at last.
///   - derivatives: The coordinates by the deltas, as ``decodeBoxes(_:relativeTo:boxes:derivatives:_:)`` gives
///     them.
@specialized(where Number == Float)
@specialized(where Number == Double)
public func applyChainRule<Number: RealScalar>(
  _ gradient: inout MutableSpan<Number>, derivatives: Span<Number>
) {
  guard derivatives.count / 4 >= gradient.count else { return }
  let plane = gradient.count
  for row in 0..<gradient.count / 4 {
    let first = 4 * row
    let (x1, y1) = (gradient[first], gradient[first + 1])
    let (x2, y2) = (gradient[first + 2], gradient[first + 3])
    for element in first..<first + 4 {
      gradient[element] =
        (x1 * derivatives[element] + x2 * derivatives[2 * plane + element])
        + (y1 * derivatives[plane + element] + y2 * derivatives[3 * plane + element])
    }
  }
}
