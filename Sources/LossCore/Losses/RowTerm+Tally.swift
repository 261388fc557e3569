import LossKernels

extension RowTerm {
  /// What the rows of `predictions` come to by the count of a loss; the same for any number of workers.
  ///
  /// - Throws: ``InputError`` if targets or weights don't fit the rows or the loss, or a number isn't finite.
  package func tally(
    _ predictions: UnsafeBufferPointer<Scalar>, by loss: any StatefulLoss, workers: Workers
  ) throws(InputError) -> [Double] {
    try check()
    let width = comparedWidth
    let failure = FirstFailure()
    let blocks = Lock<[(row: Int, sums: [Double])]>([])
    let totals = forEachBlock(of: rows, in: predictions, addingGradientTo: nil, on: workers) {
      range, predictions, values, gradient in
      var sums = [Double](repeating: 0, count: loss.tallyCount(width: width))
      do throws(InputError) {
        _ = try evaluateBlock(range, predictions, values: &values, gradient: &gradient) {
          predictions, targets, classes, weights, _, _ in
          loss.tally(
            predictions, targets: targets, classes: classes, weights: weights, width: width,
            into: &sums)
          return BlockSum(value: 0, isFinite: areFinite(predictions) && areFinite(targets))
        }
      } catch {
        failure.record(error.moved(by: range.lowerBound), row: range.lowerBound)
      }
      blocks.withLock { $0.append((range.lowerBound, sums)) }
      return 0
    }
    try failure.rethrow()
    guard totals != nil else { throw Self.misfit }
    // In the order of the rows, whichever thread was first.
    return blocks.withLock { $0.sorted { $0.row < $1.row } }.reduce(
      into: [Double](repeating: 0, count: loss.tallyCount(width: width))
    ) { sums, block in
      for index in sums.indices { sums[index] += block.sums[index] }
    }
  }
}
