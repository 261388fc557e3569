/// Four numbers that lead from a prior to a box, as formulas see them.
public typealias FormulaDeltas<Value> = (Value, Value, Value, Value)

/// Decodes the rows of a block, a vector of neighbours at a time, and differentiates where asked to.
///
/// Inlined into the caller, so that the formula is compiled into the loop.
///
/// - Parameters:
///   - deltas: `[rows, 4]`.
///   - priors: `[rows, 4]`, each row x1, y1, x2, y2.
///   - boxes: Receives the boxes; `[rows, 4]`.
///   - derivatives: Receives the derivatives of the coordinates by the deltas, `[4, rows, 4]`, coordinates
///     outermost and deltas innermost; empty where none are asked for.
///   - vectorFormula: The coder's formula on vectors, in dual numbers.
///   - formula: The same formula on numbers, for the rows that don't fill a vector.
@_alwaysEmitIntoClient @inline(__always)
public func decodeBoxes<Number: RealScalar>(
  _ deltas: Span<Number>, relativeTo priors: Span<Number>, boxes: inout MutableSpan<Number>,
  derivatives: inout MutableSpan<Number>,
  _ vectorFormula: (FormulaDeltas<Dual<Number.Vector>>, FormulaBox<Dual<Number.Vector>>) ->
    FormulaBox<Dual<Number.Vector>>,
  _ formula: (FormulaDeltas<Dual<Number>>, FormulaBox<Dual<Number>>) -> FormulaBox<Dual<Number>>
) {
  let rows = boxes.count / 4
  guard deltas.count / 4 >= rows, priors.count / 4 >= rows,
    derivatives.isEmpty || derivatives.count / 16 >= rows
  else { return }
  let wantsDerivatives = !derivatives.isEmpty
  let lanes = Number.Vector.count
  deltas.withUnsafeBufferPointer { deltas in
    priors.withUnsafeBufferPointer { priors in
      boxes.withUnsafeMutableBufferPointer { boxes in
        derivatives.withUnsafeMutableBufferPointer { derivatives in
          guard let deltas = deltas.baseAddress, let priors = priors.baseAddress,
            let boxes = boxes.baseAddress
          else { return }
          let derivatives = wantsDerivatives ? derivatives.baseAddress : nil
          var row = 0
          while row &+ lanes <= rows {
            let delta = FormulaBox<Number.Vector>(at: deltas + 4 &* row).variable
            let box = vectorFormula(
              (delta.x1, delta.y1, delta.x2, delta.y2),
              FormulaBox<Number.Vector>(at: priors + 4 &* row).constant)
            box.values().store(at: boxes + 4 &* row)
            if let derivatives {
              FormulaBox(box.x1.derivatives).store(at: derivatives + 4 &* row)
              FormulaBox(box.y1.derivatives).store(at: derivatives + 4 &* (rows &+ row))
              FormulaBox(box.x2.derivatives).store(at: derivatives + 4 &* (2 &* rows &+ row))
              FormulaBox(box.y2.derivatives).store(at: derivatives + 4 &* (3 &* rows &+ row))
            }
            row &+= lanes
          }
          while row < rows {
            let delta = FormulaBox(number: deltas + 4 &* row).variable
            let box = formula(
              (delta.x1, delta.y1, delta.x2, delta.y2),
              FormulaBox(number: priors + 4 &* row).constant)
            box.values().store(number: boxes + 4 &* row)
            if let derivatives {
              FormulaBox(box.x1.derivatives).store(number: derivatives + 4 &* row)
              FormulaBox(box.y1.derivatives).store(number: derivatives + 4 &* (rows &+ row))
              FormulaBox(box.x2.derivatives).store(number: derivatives + 4 &* (2 &* rows &+ row))
              FormulaBox(box.y2.derivatives).store(number: derivatives + 4 &* (3 &* rows &+ row))
            }
            row &+= 1
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
///   - derivatives: The coordinates by the deltas, as ``decodeBoxes(_:relativeTo:boxes:derivatives:_:_:)`` gives
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
