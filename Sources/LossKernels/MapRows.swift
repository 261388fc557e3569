/// Writes what is made of the selected rows of `elements`, block by block, on several threads.
///
/// - Parameters:
///   - rows: Which rows to take; must fit into `elements`.
///   - width: The numbers that are made of a row.
///   - results: Receives `[rows, width]` numbers.
///   - workers: How many threads to use.
///   - transform: Gets the rows of a block, dense, and room for what it makes of them.
/// - Returns: Whether rows and results fit; else nothing is done.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func mapRows<Scalar: RealScalar>(
  _ rows: RowSelection, of elements: UnsafeBufferPointer<Scalar>, width: Int,
  to results: inout MutableSpan<Float>, on workers: Workers,
  _ transform: @Sendable (_ rows: Span<Scalar>, _ results: inout MutableSpan<Float>) -> Void
) -> Bool {
  guard results.count == rows.count * width else { return false }
  return results.withUnsafeMutableBufferPointer { results in
    // True because the blocks write disjoint rows, and the buffer outlives the loop.
    nonisolated(unsafe) let results = results
    return withoutActuallyEscaping(transform) { transform in
      forEachBlock(of: rows, in: elements, addingGradientTo: nil, on: workers) {
        range, block, _, _ in
        var made = MutableSpan(
          _unsafeElements: results.extracting(
            range.lowerBound * width..<range.upperBound * width))
        transform(block, &made)
        return 0
      } != nil
    }
  }
}
