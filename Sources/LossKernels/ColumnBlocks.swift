import VectorArithmetic

// Where a tensor has its columns one after the other, as channels-first ones do, a computation that looks at each
// element by itself takes columns for what they are: runs of neighbours. Nothing is transposed.

extension RowSelection {
  /// Whether the numbers of a column lie side by side, in runs of eight and more as a rule.
  public var liesInColumns: Bool {
    guard columnStride != 1, width > 1, case .at(let starts) = starts else { return false }
    return runs(of: starts).count <= starts.count / 8
  }
}

/// Rows that lie side by side in a tensor.
private struct RowRun {
  var rows: Range<Int>
  /// The element at which the first row begins.
  let start: Int
}

/// The runs of rows that begin at `starts`.
private func runs(of starts: [Int]) -> [RowRun] {
  var runs: [RowRun] = []
  var row = 0
  while row < starts.count {
    let first = row
    repeat { row += 1 } while row < starts.count && starts[row] == starts[row - 1] &+ 1
    runs.append(RowRun(rows: first..<row, start: starts[first]))
  }
  return runs
}

/// What is done with a block of columns.
///
/// It gets the indices of the block's rows within the selection, its columns, their elements as a dense
/// `[columns, rows]` block, and a block for the gradient. What this holds is undefined until it is written; it is
/// empty if nobody asks for the gradient. It returns the block's part of the sum.
public typealias ColumnBlockBody<Scalar> =
  @Sendable (
    _ rows: Range<Int>, _ columns: Range<Int>, _ predictions: Span<Scalar>,
    _ gradient: inout MutableSpan<Scalar>
  ) -> Double

/// Runs `body` over the selected rows of `predictions`, a block of columns at a time, on several threads.
///
/// As ``forEachBlock(of:in:addingGradientTo:marked:on:_:)``: the result is the same for every number of workers, but
/// sums are formed in another order.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
public func forEachColumnBlock<Scalar: RealScalar>(
  of rows: RowSelection, in predictions: UnsafeBufferPointer<Scalar>,
  addingGradientTo gradient: UnsafeMutableBufferPointer<Scalar>?, marked: [Bool]? = nil,
  on workers: Workers, _ body: ColumnBlockBody<Scalar>
) -> RowTotals? {
  guard case .at(let starts) = rows.starts, rows.fits(count: predictions.count),
    gradient.map({ $0.count == predictions.count }) ?? true,
    marked.map({ $0.count == rows.count }) ?? true
  else { return nil }

  let blocks = columnBlocks(of: rows, starts, marked: marked)
  // True because the blocks write disjoint elements, and the buffers outlive the loop.
  nonisolated(unsafe) let source = predictions
  nonisolated(unsafe) let sum = gradient
  let partial = workers.map(below: blocks.count) { evaluate(blocks[$0], source, sum, body) }

  return partial.reduce(into: RowTotals()) { sum, block in
    sum.value += block.value
    sum.squaredGradient += block.squaredGradient
    sum.squaredMarkedGradient += block.squaredMarkedGradient
  }
}

/// Cuts rows into blocks of columns: by their number and width alone, so that sums are formed in the same order on
/// every machine. A block stays in the cache.
private func columnBlocks(
  of rows: RowSelection, _ starts: [Int], marked: [Bool]?
) -> [ColumnBlock] {
  let elements = 16384
  let height = min(max(1, starts.count), elements)
  let width = elements / height
  let runs = runs(of: starts)
  return stride(from: 0, to: starts.count, by: height).flatMap { first in
    let range = first..<min(first + height, starts.count)
    let runs = runs.filter { $0.rows.overlaps(range) }
    let marked = range.filter { marked?[$0] == true }
    return stride(from: 0, to: rows.width, by: width).map { column in
      ColumnBlock(
        rows: range, columns: column..<min(column + width, rows.width),
        columnStride: rows.columnStride, runs: runs, marked: marked)
    }
  }
}

/// Some columns of neighbouring rows of a selection.
private struct ColumnBlock {
  let rows: Range<Int>
  let columns: Range<Int>
  let columnStride: Int
  /// The runs that hold the rows.
  let runs: [RowRun]
  /// Those rows whose gradient is added up by itself too.
  let marked: [Int]

  var count: Int { rows.count &* columns.count }

  /// Where the block begins if its elements follow one another in the tensor; else `nil`.
  var contiguousStart: Int? {
    guard runs.count == 1, columns.count == 1 || columnStride == rows.count else { return nil }
    return start(of: runs[0], columns.lowerBound)
  }

  /// The element of a column of the first row of a run that is the block's as well.
  private func start(of run: RowRun, _ column: Int) -> Int {
    run.start &+ max(0, rows.lowerBound &- run.rows.lowerBound) &+ column &* columnStride
  }

  /// Calls `body` for each run of neighbours: its first element in the tensor and in the block, and its length.
  @inline(__always)
  func forEachRun(_ body: (_ element: Int, _ place: Int, _ count: Int) -> Void) {
    for run in runs {
      let common = run.rows.clamped(to: rows)
      for column in columns {
        let place = (column &- columns.lowerBound) &* rows.count
        body(
          start(of: run, column), place &+ common.lowerBound &- rows.lowerBound, common.count)
      }
    }
  }
}

/// Evaluates a block: copies it unless its elements follow one another, and adds its gradient where it belongs.
private func evaluate<Scalar: RealScalar>(
  _ block: ColumnBlock, _ predictions: UnsafeBufferPointer<Scalar>,
  _ gradient: UnsafeMutableBufferPointer<Scalar>?, _ body: ColumnBlockBody<Scalar>
) -> RowTotals {
  let count = block.count
  return withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 2 * count) { scratch in
    guard let tensor = predictions.baseAddress, let copy = scratch.baseAddress, count > 0 else {
      return RowTotals()
    }
    var source = UnsafePointer(copy)
    if let start = block.contiguousStart {
      source = tensor + start
    } else {
      block.forEachRun { element, place, count in
        (copy + place).update(from: tensor + element, count: count)
      }
    }
    let derivative = copy + count
    var gradientSpan = MutableSpan(
      _unsafeElements: UnsafeMutableBufferPointer(
        start: derivative, count: gradient == nil ? 0 : count))
    let span = Span(_unsafeElements: UnsafeBufferPointer(start: source, count: count))
    var totals = RowTotals(value: body(block.rows, block.columns, span, &gradientSpan))

    guard let gradient = gradient?.baseAddress else { return totals }
    totals.squaredGradient = sumOfSquares(derivative, count: count)
    for row in block.marked {
      for column in 0..<block.columns.count {
        let number = Double(derivative[column &* block.rows.count &+ row &- block.rows.lowerBound])
        totals.squaredMarkedGradient += number * number
      }
    }
    block.forEachRun { element, place, count in
      add(derivative + place, to: gradient + element, count: count)
    }
    return totals
  }
}

/// Adds numbers to others.
@inline(never)
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func add<Scalar: RealScalar>(
  _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, count: Int
) {
  let lanes = Scalar.Vector.count
  var index = 0
  while index &+ lanes <= count {
    (Scalar.Vector(at: target + index) + Scalar.Vector(at: source + index))
      .store(at: target + index)
    index &+= lanes
  }
  while index < count {
    target[index] += source[index]
    index &+= 1
  }
}
