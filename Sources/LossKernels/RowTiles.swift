import VectorArithmetic

// How rows are copied out of a tensor and back. Where columns lie far apart, as in channels-first tensors, a
// cache line holds numbers of many rows: those of neighbouring cells. They are moved together, column by
// column.

/// Rows that lie side by side in a tensor, one column after the other.
///
/// With several priors a cell, every `period`-th row is that of the next cell.
private struct RowTile {
  /// The rows from one cell to the next.
  let period: Int
  /// The number of cells: as many as a vector has lanes, or fewer.
  let cells: Int

  /// The largest period that is looked for.
  static let longestPeriod = 32

  /// The tile that begins at `row`; `nil` if the rows there lie apart.
  ///
  /// - Parameters:
  ///   - end: The end of the rows that may belong to it.
  ///   - lanes: The number of cells that it has at most.
  ///   - guess: The period that is tried first: that of the last tile.
  @inline(__always)
  init?(_ starts: [Int], from row: Int, upTo end: Int, lanes: Int, guess: Int) {
    let next = starts[row] &+ 1
    var period = guess
    if row &+ period >= end || starts[row &+ period] != next {
      period = 1
      while period <= Self.longestPeriod, row &+ period < end, starts[row &+ period] != next {
        period &+= 1
      }
      guard period <= Self.longestPeriod, row &+ period < end else { return nil }
    }
    let cells = min(lanes, (end &- row) / period)
    var offset = period
    while offset < period &* cells,
      starts[row &+ offset] == starts[row &+ offset &- period] &+ 1
    {
      offset &+= 1
    }
    guard offset >= 2 &* period else { return nil }
    self.period = period
    self.cells = offset / period
  }
}

/// Looks for tiles, row by row, and less often the longer there was none: sampled rows lie apart.
private struct TileSearch {
  private var period = 1
  private var failures = 0
  private var rowsToSkip = 0

  @inline(__always)
  mutating func tile(_ starts: [Int], from row: Int, upTo end: Int, lanes: Int) -> RowTile? {
    guard rowsToSkip == 0 else {
      rowsToSkip &-= 1
      return nil
    }
    guard let tile = RowTile(starts, from: row, upTo: end, lanes: lanes, guess: period) else {
      failures = min(failures &+ 1, 5)
      rowsToSkip = 1 &<< failures &- 2
      return nil
    }
    period = tile.period
    failures = 0
    return tile
  }
}

/// Calls `body` for rows that are moved together, or for each that lies apart.
///
/// - Parameters:
///   - range: Which of the rows.
///   - starts: The element at which each row begins.
///   - body: Gets the element at which the first row begins, where it begins in a dense `[rows, width]` block, the
///     steps there from one to the next, whose elements lie side by side in the tensor, and how many they are.
@inline(__always)
private func forEachRun(
  _ range: Range<Int>, _ starts: [Int], width: Int, columnStride: Int, lanes: Int,
  _ body: (_ element: Int, _ place: Int, _ step: Int, _ cells: Int) -> Void
) {
  var place = 0
  var row = range.lowerBound
  var search = TileSearch()
  while row < range.upperBound {
    if columnStride != 1,
      let tile = search.tile(starts, from: row, upTo: range.upperBound, lanes: lanes)
    {
      let step = tile.period &* width
      for prior in 0..<tile.period {
        body(starts[row &+ prior], place &+ prior &* width, step, tile.cells)
      }
      row &+= tile.period &* tile.cells
      place &+= tile.cells &* step
    } else {
      body(starts[row], place, width, 1)
      row &+= 1
      place &+= width
    }
  }
}

/// Copies rows into a dense `[rows, width]` block.
///
/// - Parameters:
///   - range: Which of the rows.
///   - starts: The element at which each row begins.
// By itself, as is `scatter`: in a closure that is specialized for its caller C functions aren't inlined.
@inline(never)
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func gather<Scalar: RealScalar>(
  _ range: Range<Int>, _ starts: [Int], width: Int, columnStride: Int,
  from tensor: UnsafePointer<Scalar>, to block: UnsafeMutablePointer<Scalar>
) {
  let lanes = Scalar.Vector.count
  forEachRun(range, starts, width: width, columnStride: columnStride, lanes: lanes) {
    element, place, step, cells in
    var column = 0
    func vector(_ column: Int) -> Scalar.Vector {
      let source = tensor + (element &+ column &* columnStride)
      prefetch_line(source + lanes)
      return Scalar.Vector(at: source)
    }
    while cells == lanes, column &+ 4 <= width {
      Scalar.Vector.store(
        columns: (vector(column), vector(column &+ 1), vector(column &+ 2), vector(column &+ 3)),
        at: block + (place &+ column), stride: step)
      column &+= 4
    }
    while column < width {
      let target = block + (place &+ column)
      if cells == lanes {
        vector(column).store(at: target, stride: step)
      } else {
        let source = tensor + (element &+ column &* columnStride)
        for cell in 0..<cells { target[cell &* step] = source[cell] }
      }
      column &+= 1
    }
  }
}

/// Adds the rows of a dense `[rows, width]` block to where they come from.
///
/// Parameters as those of ``gather(_:_:width:columnStride:from:to:)``.
@inline(never)
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
func scatter<Scalar: RealScalar>(
  _ range: Range<Int>, _ starts: [Int], width: Int, columnStride: Int,
  from block: UnsafePointer<Scalar>, addingTo tensor: UnsafeMutablePointer<Scalar>
) {
  let lanes = Scalar.Vector.count
  forEachRun(range, starts, width: width, columnStride: columnStride, lanes: lanes) {
    element, place, step, cells in
    var column = 0
    func add(_ vector: Scalar.Vector, to column: Int) {
      let target = tensor + (element &+ column &* columnStride)
      prefetch_line_to_write(target + lanes)
      (Scalar.Vector(at: target) + vector).store(at: target)
    }
    while cells == lanes, column &+ 4 <= width {
      let columns = Scalar.Vector.columns(at: block + (place &+ column), stride: step)
      add(columns.0, to: column)
      add(columns.1, to: column &+ 1)
      add(columns.2, to: column &+ 2)
      add(columns.3, to: column &+ 3)
      column &+= 4
    }
    while column < width {
      let source = block + (place &+ column)
      if cells == lanes {
        add(Scalar.Vector(at: source, stride: step), to: column)
      } else {
        let target = tensor + (element &+ column &* columnStride)
        for cell in 0..<cells { target[cell] += source[cell &* step] }
      }
      column &+= 1
    }
  }
}

/// The sum of the squares of `count` numbers, in Double: eight sums of every eighth number, combined in order.
@inline(__always)
func sumOfSquares<Scalar: RealScalar>(_ numbers: UnsafePointer<Scalar>, count: Int) -> Double {
  var sums: SIMD8<Double> = .zero
  var index = 0
  while index &+ 8 <= count {
    var vector: SIMD8<Double> = .zero
    for lane in 0..<8 { vector[lane] = Double(numbers[index &+ lane]) }
    sums += vector * vector
    index &+= 8
  }
  var sum = sums.sum()
  while index < count {
    sum += Double(numbers[index]) * Double(numbers[index])
    index &+= 1
  }
  return sum
}
