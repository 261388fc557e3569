import VectorArithmetic

/// Rows of logits of which the softmax is wanted, as many at a time as a vector has lanes.
///
/// For each row there are the largest logit m and r = Σ exp(xⱼ − m) over all columns but one that is
/// largest. To leave that one out keeps the relative accuracy of rows that are almost sure of one
/// column: log Σ exp xⱼ = m + log1p(r).
///
/// Of wide rows neighbouring columns lie in a vector, and what is once a row is computed for all rows of
/// a group together; of rows with fewer columns than a vector has lanes the same column of all rows
/// lies in a vector. A row gives the same bits wherever it stands.
///
/// The functions are transparent: together they are more than the optimizer inlines, and one that is
/// compiled for an instruction set by itself would replace those of the same name for others.
@usableFromInline
struct SoftmaxRows<Number: RealScalar> {
  @usableFromInline
  typealias Vector = Number.Vector

  @usableFromInline
  let logits: UnsafePointer<Number>
  @usableFromInline
  let rowCount: Int
  @usableFromInline
  let width: Int
  /// Where the exponentials exp(xⱼ − m) of wide rows go; as many numbers as logits.
  @usableFromInline
  let exponentials: UnsafeMutablePointer<Number>
  /// Room for two vectors a lane and one more, which of narrow rows holds the exponentials, a vector a
  /// column.
  @usableFromInline
  let scratch: UnsafeMutablePointer<Number>
  @usableFromInline
  let destination: UnsafePointer<Number>

  /// How many numbers the scratch has.
  @_alwaysEmitIntoClient @inline(__always)
  static var scratchCount: Int { (2 &* Vector.count &+ 1) &* Vector.count }

  @inlinable @inline(__always)
  init(_ block: borrowing LossBlock<Number>) {
    logits = block.predictions
    rowCount = block.rowCount
    width = block.width
    exponentials = block.derivatives
    scratch = block.scratch
    destination = block.destination
  }

  /// The part of the scratch that holds one number a lane.
  @_alwaysEmitIntoClient @inline(__always)
  var laneScratch: UnsafeMutablePointer<Number> { scratch + 2 &* Vector.count &* Vector.count }

  @_alwaysEmitIntoClient @inline(__always)
  var areWide: Bool { width >= Vector.count }

  /// How many rows the group has that begins with `row`.
  @_alwaysEmitIntoClient @inline(__always)
  func count(from row: Int) -> Int { Swift.min(Vector.count, rowCount &- row) }

  /// m and r of the rows from `row` on, one a lane.
  @_alwaysEmitIntoClient @_transparent
  func summarize(from row: Int) -> (largest: Vector, others: Vector) {
    areWide
      ? summarizeWide(from: row)
      : width == 2 ? summarizePairs(from: row) : summarizeNarrow(from: row)
  }

  /// Rows of two columns, of which the larger's exponential is 1.
  @_alwaysEmitIntoClient @_transparent
  func summarizePairs(from row: Int) -> (largest: Vector, others: Vector) {
    let (first, second) = Vector.pairs(at: logits + 2 &* row)
    let largest = Vector.max(first, second)
    let others = Vector.exp(.min(first, second), upTo: largest)
    Vector.select(first >= largest, 1, else: others).store(at: scratch)
    Vector.select(second >= largest, 1, else: others).store(at: scratch + Vector.count)
    return (largest, others)
  }

  /// Rows with fewer columns than a vector has lanes.
  @_alwaysEmitIntoClient @_transparent
  func summarizeNarrow(from row: Int) -> (largest: Vector, others: Vector) {
    let start = logits + row &* width
    var largest = Vector(at: start, stride: width)
    var column = 0
    while column < width {
      let x = Vector(at: start + column, stride: width)
      x.store(at: scratch + column &* Vector.count)
      largest = .max(largest, x)
      column &+= 1
    }
    var sum = OtherSum<Vector>()
    column = 0
    while column < width {
      let place = scratch + column &* Vector.count
      let x = Vector(at: place)
      let exponential = Vector.exp(x, upTo: largest)
      exponential.store(at: place)
      sum.add(exponential, isLargest: x >= largest)
      column &+= 1
    }
    return (largest, sum.less + (sum.ties - 1))
  }

  /// Rows of at least as many columns as a vector has lanes.
  ///
  /// The last vector of a row overlaps the one before where the columns don't fill it; what it writes
  /// again is the same, and what it would add again is left out.
  @_alwaysEmitIntoClient @_transparent
  func summarizeWide(from row: Int) -> (largest: Vector, others: Vector) {
    let count = count(from: row)
    let last = width &- Vector.count
    let less = scratch
    let ties = scratch + Vector.count &* Vector.count
    var lane = count
    while lane < Vector.count {
      // Lanes without a row, whose results nobody reads.
      (0 as Vector).store(at: less + lane &* Vector.count)
      (0 as Vector).store(at: ties + lane &* Vector.count)
      lane &+= 1
    }
    lane = 0
    while lane < count {
      let start = logits + (row &+ lane) &* width
      var top = Vector(at: start + last)
      var column = 0
      while column < last {
        top = .max(top, Vector(at: start + column))
        column &+= Vector.count
      }
      top.store(at: less + lane &* Vector.count)
      lane &+= 1
    }
    let largest = Vector.reduced(less) { .max($0, $1) }

    let tops = laneScratch
    largest.store(at: tops)
    let isNew = Vector.lanes(from: (Vector.count &- width % Vector.count) % Vector.count)
    lane = 0
    while lane < count {
      let start = (row &+ lane) &* width
      let top = Vector(repeating: tops[lane])
      var sum = OtherSum<Vector>()
      var column = 0
      while column < last {
        let x = Vector(at: logits + start + column)
        // What comes next, so that the memory works while the exponentials are computed.
        prefetch_line(logits + start + column + rowCount &* width)
        prefetch_line_to_write(destination + start + column)
        let exponential = Vector.exp(x, upTo: top)
        exponential.store(at: exponentials + start + column)
        sum.add(exponential, isLargest: x >= top)
        column &+= Vector.count
      }
      let x = Vector(at: logits + start + last)
      let exponential = Vector.exp(x, upTo: top)
      exponential.store(at: exponentials + start + last)
      sum.add(.select(isNew, exponential, else: 0), isLargest: isNew & (x >= top))
      sum.less.store(at: less + lane &* Vector.count)
      sum.ties.store(at: ties + lane &* Vector.count)
      lane &+= 1
    }
    let total = Vector.reduced(less) { $0 + $1 }
    return (largest, total + (Vector.reduced(ties) { $0 + $1 } - 1))
  }
}

/// The exponentials of a row but for one of the largest elements.
@usableFromInline
struct OtherSum<Vector: NumberVector> {
  /// The sum over the elements that are less than the largest.
  @usableFromInline
  var less: Vector = 0
  /// How many elements are the largest.
  @usableFromInline
  var ties: Vector = 0

  @inlinable @inline(__always)
  init() {}

  @_alwaysEmitIntoClient @inline(__always)
  mutating func add(_ exponential: Vector, isLargest: Vector.Mask) {
    less = less + .select(isLargest, 0, else: exponential)
    ties = ties + .select(isLargest, 1, else: 0)
  }
}
