/// What ``forEachBlock(of:in:addingGradientTo:marked:on:_:)`` adds up over all rows.
public struct RowTotals: Sendable, Equatable {
  /// The sum of what the blocks returned.
  public var value: Double
  /// The sum of the squares of the gradient's elements.
  public var squaredGradient: Double
  /// Those of the marked rows alone.
  public var squaredMarkedGradient: Double

  /// Totals to begin a sum with.
  public init(value: Double = 0, squaredGradient: Double = 0, squaredMarkedGradient: Double = 0) {
    self.value = value
    self.squaredGradient = squaredGradient
    self.squaredMarkedGradient = squaredMarkedGradient
  }
}

/// What is done with one block of rows.
///
/// It gets the indices of the block's rows within the selection, their elements as a dense
/// `[rows, width]` block, a block for the values and one for the gradient. What these two hold is
/// undefined until it is written; they are empty if nobody asks for values or gradient. It returns the
/// block's part of the sum.
public typealias BlockBody<Scalar> =
  @Sendable (
    _ rows: Range<Int>, _ predictions: Span<Scalar>, _ values: inout MutableSpan<Scalar>,
    _ gradient: inout MutableSpan<Scalar>
  ) -> Double

/// Runs `body` over the selected rows of `predictions`, block by block, on several threads.
///
/// The gradient blocks are added to `gradient` where their rows lie. The size of a block depends on
/// the width alone, and the blocks' sums are combined in order in Double: the result is the same for
/// every number of workers.
///
/// - Parameters:
///   - rows: Which rows to take; must fit into `predictions`, and no two may share an element.
///   - predictions: The storage of the prediction.
///   - gradient: Receives the gradient, in the storage order of `predictions` and as long; `nil`
///     if none is asked for.
///   - marked: Whether a row's gradient is added up by itself too; `nil` if none is.
///   - workers: How many threads to use.
///   - body: Evaluates one block; nobody asks it for values.
/// - Returns: `nil` if a length does not fit; else the totals.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func forEachBlock<Scalar: RealScalar>(
  of rows: RowSelection, in predictions: UnsafeBufferPointer<Scalar>,
  addingGradientTo gradient: UnsafeMutableBufferPointer<Scalar>?, marked: [Bool]? = nil,
  on workers: Workers, _ body: BlockBody<Scalar>
) -> RowTotals? {
  guard rows.fits(count: predictions.count),
    gradient.map({ $0.count == predictions.count }) ?? true,
    marked.map({ $0.count == rows.count }) ?? true
  else { return nil }

  let blocks = Blocks(rows: rows.count, width: rows.width)
  // True because the blocks write disjoint rows, and the buffers outlive the loop.
  nonisolated(unsafe) let source = predictions
  nonisolated(unsafe) let sum = gradient
  let partial = workers.map(below: blocks.count) { block in
    evaluate(blocks[block], of: rows, source, sum, marked: marked, body)
  }

  return partial.reduce(into: RowTotals()) { sum, block in
    sum.value += block.value
    sum.squaredGradient += block.squaredGradient
    sum.squaredMarkedGradient += block.squaredMarkedGradient
  }
}

/// The outcome of ``forEachContiguousBlock(_:width:of:gradient:values:valuesPerRow:on:_:)``.
public struct ContiguousResults<Scalar: RealScalar>: Sendable {
  /// The sum of what the blocks returned.
  public let total: Double
  /// The gradient in the order of the predictions, if it was asked for.
  public let gradient: [Scalar]?
  /// The values, if they were asked for.
  public let values: [Scalar]?
}

/// Runs `body` over all rows of a contiguous `[rows, width]` array, as
/// ``forEachBlock(of:in:addingGradientTo:marked:on:_:)`` does over selected ones.
///
/// Nothing is gathered or scattered: predictions are read where they are, and the gradient is written
/// once, where it stays.
///
/// - Returns: `nil` if there are fewer predictions than rows × width, or a length is negative.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func forEachContiguousBlock<Scalar: RealScalar>(
  _ rows: Int, width: Int, of predictions: [Scalar], gradient wantsGradient: Bool,
  values wantsValues: Bool, valuesPerRow: Int, on workers: Workers, _ body: BlockBody<Scalar>
) -> ContiguousResults<Scalar>? {
  let selection = RowSelection(rows: rows, width: width)
  guard selection.fits(count: predictions.count), valuesPerRow >= 0 else { return nil }
  let blocks = Blocks(rows: rows, width: width)
  var partial: [Double] = []
  var values: [Scalar]?

  let gradient = [Scalar](unsafeUninitializedCapacity: wantsGradient ? rows * width : 0) {
    gradient, gradientCount in
    gradientCount = wantsGradient ? rows * width : 0
    requestLargePages(for: gradient)
    let kept = [Scalar](unsafeUninitializedCapacity: wantsValues ? rows * valuesPerRow : 0) {
      values, valueCount in
      valueCount = wantsValues ? rows * valuesPerRow : 0
      requestLargePages(for: values)
      predictions.withUnsafeBufferPointer { predictions in
        // True because the blocks write disjoint rows, and the buffers outlive the loop.
        nonisolated(unsafe) let predictions = predictions
        nonisolated(unsafe) let gradient = gradient
        nonisolated(unsafe) let values = values
        partial = workers.map(below: blocks.count) { block in
          let range = blocks[block]
          let elements = range.lowerBound * width..<range.upperBound * width
          let valueRange = range.lowerBound * valuesPerRow..<range.upperBound * valuesPerRow
          let blockValues = UnsafeMutableBufferPointer(
            rebasing: values[wantsValues ? valueRange : 0..<0])
          let derivative = UnsafeMutableBufferPointer(
            rebasing: gradient[wantsGradient ? elements : 0..<0])
          var valueSpan = MutableSpan(_unsafeElements: blockValues)
          var gradientSpan = MutableSpan(_unsafeElements: derivative)
          let source = UnsafeBufferPointer(rebasing: predictions[elements])
          return body(range, Span(_unsafeElements: source), &valueSpan, &gradientSpan)
        }
      }
    }
    values = wantsValues ? kept : nil
  }
  return ContiguousResults(
    total: partial.reduce(0, +), gradient: wantsGradient ? gradient : nil,
    values: values)
}

/// How rows are cut into blocks: by their width alone, so that sums are formed in the same order on every
/// machine. A block stays in the cache, and is a multiple of the rows that kernels take together.
private struct Blocks {
  let rows: Int
  let rowsPerBlock: Int

  init(rows: Int, width: Int) {
    self.rows = rows
    let rowsPerBlock = max(1, 16384 / max(1, width))
    self.rowsPerBlock = rowsPerBlock < 16 ? rowsPerBlock : rowsPerBlock / 16 * 16
  }

  var count: Int { rows / rowsPerBlock + (rows % rowsPerBlock == 0 ? 0 : 1) }

  subscript(block: Int) -> Range<Int> {
    let start = block * rowsPerBlock
    return start..<min(start + rowsPerBlock, rows)
  }
}

/// Evaluates the rows of `range`: gathers them unless they are contiguous, and scatters their gradient.
@inline(__always)
private func evaluate<Scalar: RealScalar>(
  _ range: Range<Int>, of rows: RowSelection,
  _ predictions: UnsafeBufferPointer<Scalar>,
  _ gradient: UnsafeMutableBufferPointer<Scalar>?,
  marked: [Bool]?,
  _ body: BlockBody<Scalar>
) -> RowTotals {
  let width = rows.width
  let elements = range.count * width
  return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 2 * elements) { scratch in
    let gathered = UnsafeMutableBufferPointer(rebasing: scratch[0..<elements])
    let derivative = UnsafeMutableBufferPointer(
      rebasing: scratch[elements..<(gradient == nil ? elements : 2 * elements)])
    guard let tensor = predictions.baseAddress, let block = gathered.baseAddress else {
      var values = MutableSpan<Scalar>()
      var derivatives = MutableSpan<Scalar>()
      return RowTotals(value: body(range, Span(), &values, &derivatives))
    }
    let source: UnsafePointer<Scalar>
    switch rows.starts {
    case .contiguous: source = tensor + range.lowerBound * width
    case .at(let starts):
      gather(range, starts, width: width, columnStride: rows.columnStride, from: tensor, to: block)
      source = UnsafePointer(block)
    }

    var valueSpan = MutableSpan<Scalar>()
    var gradientSpan = MutableSpan(_unsafeElements: derivative)
    var totals = RowTotals()
    let span = Span(_unsafeElements: UnsafeBufferPointer(start: source, count: elements))
    totals.value = body(range, span, &valueSpan, &gradientSpan)

    guard let gradient = gradient?.baseAddress, let derivative = derivative.baseAddress else {
      return totals
    }
    totals.squaredGradient = sumOfSquares(derivative, count: elements)
    if let marked {
      for (index, row) in range.enumerated() where marked[row] {
        totals.squaredMarkedGradient += sumOfSquares(derivative + index * width, count: width)
      }
    }
    switch rows.starts {
    case .contiguous:
      let target = gradient + range.lowerBound * width
      for index in 0..<elements { target[index] += derivative[index] }
    case .at(let starts):
      scatter(
        range, starts, width: width, columnStride: rows.columnStride, from: derivative,
        addingTo: gradient)
    }
    return totals
  }
}
