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
    let count = loss.tallyCount(width: width)
    let all = Lock(OrderedSums(count: count))
    let totals = forEachBlock(of: rows, in: predictions, addingGradientTo: nil, on: workers) {
      range, predictions, values, gradient in
      var sums = [Double](repeating: 0, count: count)
      do throws(InputError) {
        _ = try evaluateBlock(
          range, predictions, values: &values, gradient: &gradient, with: workers.instructions
        ) {
          predictions, targets, classes, weights, _, _ in
          loss.tally(
            predictions, targets: targets, classes: classes, weights: weights, width: width,
            into: &sums)
          return BlockSum(value: 0, isFinite: areFinite(predictions) && areFinite(targets))
        }
      } catch {
        failure.record(error.moved(by: range.lowerBound), row: range.lowerBound)
      }
      all.withLock { $0.add(sums, of: range) }
      return 0
    }
    try failure.rethrow()
    guard totals != nil else { throw Self.misfit }
    return all.withLock { $0.sums }
  }
}

/// Sums of blocks of rows, added up in the order of the rows, whichever thread is first.
private struct OrderedSums {
  private(set) var sums: [Double]
  /// The first row whose block hasn't come yet.
  private var next = 0
  private var waiting: [Int: (end: Int, sums: [Double])] = [:]

  init(count: Int) { sums = [Double](repeating: 0, count: count) }

  mutating func add(_ part: [Double], of rows: Range<Int>) {
    waiting[rows.lowerBound] = (rows.upperBound, part)
    while let block = waiting.removeValue(forKey: next) {
      for index in sums.indices { sums[index] += block.sums[index] }
      next = block.end
    }
  }
}
