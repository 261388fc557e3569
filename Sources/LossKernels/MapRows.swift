/// Writes what is made of the selected rows of `elements`, block by block, on several threads.
///
/// - Parameters:
///   - rows: Which rows to take; must fit into `elements`.
///   - width: The numbers that are made of a row.
///   - results: Receives `[rows, width]` numbers; all of it zeros if they or the rows don't fit.
///   - first: Where in `results` the numbers of the first row begin.
///   - workers: How many threads to use.
///   - transform: Gets the rows of a block, dense, and room for what it makes of them.
/// - Returns: Whether all numbers of the rows are finite: of a block that isn't, nothing is written.
@specialized(where Scalar == Float, Output == Float)
@specialized(where Scalar == Double, Output == Float)
@specialized(where Scalar == Double, Output == Double)
public func mapRows<Scalar: RealScalar, Output: RealScalar>(
  _ rows: RowSelection, of elements: UnsafeBufferPointer<Scalar>, width: Int,
  to results: inout MutableSpan<Output>, from first: Int, on workers: Workers,
  _ transform: @Sendable (_ rows: Span<Scalar>, _ results: inout MutableSpan<Output>) -> Void
) -> Bool {
  guard first >= 0, rows.count * width <= results.count - first, rows.fits(count: elements.count)
  else {
    results.update(repeating: 0)
    return true
  }
  return results.withUnsafeMutableBufferPointer { results in
    // True because the blocks write disjoint rows, and the buffer outlives the loop.
    nonisolated(unsafe) let results = results
    let spoilt = withoutActuallyEscaping(transform) { transform in
      forEachBlock(of: rows, in: elements, addingGradientTo: nil, on: workers) {
        range, block, _, _ in
        guard areFinite(block) else { return 1 }
        var made = MutableSpan(
          _unsafeElements: results.extracting(
            first + range.lowerBound * width..<first + range.upperBound * width))
        transform(block, &made)
        return 0
      }
    }
    return spoilt?.value == 0
  }
}
