import LossKernels

// A loss that looks at each element by itself doesn't ask which ones are a row, so that columns can be evaluated
// where they lie.

extension RowTerm {
  /// Whether blocks of columns do as well as rows.
  var readsColumns: Bool {
    guard decoding == nil, insideWeights == nil, valuesPerRow == rows.width, rows.liesInColumns
    else { return false }
    switch (targets, weights) {
    case (.dense, _), (_, .elements): return false
    case (.classes(let classes, _), _), (.scoredClasses(let classes, _), _):
      guard classes.allSatisfy({ 0...rows.width ~= $0 }) else { return false }
    }
    return loss is any ElementwiseLoss
      || (loss as? any ColumnwiseLoss)?.columnNumbers.count == 1
  }

  /// Evaluates rows that lie in columns, as ``evaluate(_:scale:addingGradientTo:workers:)`` does.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func evaluateColumns(
    _ predictions: UnsafeBufferPointer<Scalar>, scale: Scalar,
    addingGradientTo gradient: UnsafeMutableBufferPointer<Scalar>?, workers: Workers
  ) throws(InputError) -> RowTotals {
    let function = Scalar.function(of: loss, with: workers.instructions)
    let evaluateElements = Scalar.rowFunction(with: workers.instructions)
    let matched = matchedElements
    let failure = FirstFailure()
    let totals = forEachColumnBlock(
      of: rows, in: predictions, addingGradientTo: gradient, marked: arePositives, on: workers
    ) { range, columns, predictions, gradient in
      var targets: [Scalar] = zeros(predictions.count)
      for (place, column) in columns.enumerated() {
        for element in matched[column] where range ~= element.row {
          targets[place * range.count + element.row - range.lowerBound] = element.target
        }
      }
      var weights: [Scalar] = []
      if case .rows(let all) = self.weights { for _ in columns { weights += all[range] } }
      var values = MutableSpan<Scalar>()
      do throws(InputError) {
        let sum = try evaluateElements(
          predictions, targets.span, Span(), 1, 1, weights.span, scale, &values, &gradient,
          function)
        guard sum.isFinite else { throw InputError("rows", "aren't finite") }
        return sum.value
      } catch {
        failure.record(error, row: range.lowerBound)
        return 0
      }
    }
    do throws(InputError) {
      try failure.rethrow()
    } catch {
      // Which row it is, blocks of rows can tell.
      var unread: [Scalar] = zeros(gradient == nil ? 0 : predictions.count)
      try unread.withUnsafeMutableBufferPointer { unread throws(InputError) in
        _ = try evaluateRows(
          predictions, scale: scale, addingGradientTo: gradient == nil ? nil : unread,
          workers: workers)
      }
      throw error
    }
    guard let totals else { throw Self.misfit }
    return totals
  }

  /// The elements of each column that are compared with something else than 0.
  private var matchedElements: [[(row: Int, target: Scalar)]] {
    let (classes, scores): ([Int], [Scalar]) =
      switch targets {
      case .classes(let classes, _): (classes, [])
      case .scoredClasses(let classes, let scores): (classes, scores)
      case .dense: ([], [])
      }
    var matched = [[(row: Int, target: Scalar)]](repeating: [], count: rows.width)
    for row in classes.indices where classes[row] > 0 {
      matched[classes[row] - 1].append((row, scores.isEmpty ? 1 : scores[row]))
    }
    return matched
  }
}
