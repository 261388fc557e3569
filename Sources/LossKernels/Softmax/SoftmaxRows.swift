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
  let width: Int
  /// Where the exponentials exp(xⱼ − m) of wide rows go; as many numbers as logits.
  @usableFromInline
  let exponentials: UnsafeMutablePointer<Number>
  /// Room for two vectors a lane and one more: of narrow rows it holds the exponentials, a vector a
  /// column.
  @usableFromInline
  let scratch: UnsafeMutablePointer<Number>
  /// Whether all logits so far were finite.
  @usableFromInline
  var check = FiniteCheck<Vector>()

  /// How many numbers the scratch has.
  @inlinable @inline(__always)
  static var scratchCount: Int { (2 &* Vector.count &+ 1) &* Vector.count }

  @inlinable @inline(__always)
  init(
    _ logits: UnsafePointer<Number>, width: Int, exponentials: UnsafeMutablePointer<Number>,
    scratch: UnsafeMutablePointer<Number>
  ) {
    self.logits = logits
    self.width = width
    self.exponentials = exponentials
    self.scratch = scratch
  }

  @inlinable @inline(__always)
  var areWide: Bool { width >= Vector.count }

  /// m and r of `count` rows, no more than a vector has lanes, one a lane.
  @_transparent @usableFromInline
  mutating func summarize(_ count: Int, from row: Int) -> (largest: Vector, others: Vector) {
    areWide
      ? summarizeWide(count, from: row)
      : width == 2 ? summarizePairs(count, from: row) : summarizeNarrow(count, from: row)
  }

  /// The logits of the rows' classes, one a lane; of any column where the class is negative.
  ///
  /// - Parameters:
  ///   - classes: The rows' classes from row 0 on, below the width.
  ///   - labels: Those of the rows, as numbers.
  @_transparent @usableFromInline
  func logits(
    ofClasses classes: UnsafePointer<Int32>, _ labels: Vector, _ count: Int, from row: Int
  ) -> Vector {
    let start = logits + row &* width
    if areWide {
      var lane = 0
      while lane < count {
        scratch[lane] = start[lane &* width &+ Swift.max(0, Int(classes[row &+ lane]))]
        lane &+= 1
      }
      return Vector(first: count, at: scratch)
    }
    if width == 2, count == Vector.count {
      let (first, second) = Vector.pairs(at: start)
      return .select(labels > 0, second, else: first)
    }
    var result = Vector(first: count, at: start, stride: width)
    var column = 1
    while column < width {
      let x = Vector(first: count, at: start + column, stride: width)
      result = .select(labels > Vector(Double(column) - 0.5), x, else: result)
      column &+= 1
    }
    return result
  }

  /// Writes the rows' gradient: `slopes`, one a lane, at their classes, and the exponentials times
  /// `factors` in the other columns.
  @_transparent @usableFromInline
  func write(
    _ count: Int, from row: Int, times factors: Vector, slopes: Vector,
    atClasses classes: UnsafePointer<Int32>, _ labels: Vector,
    to start: UnsafeMutablePointer<Number>
  ) {
    let target = start + row &* width
    if width == 2 {
      let isSecond = labels > 0
      let isFirst = !(isSecond | (labels < 0))
      let even = Vector.select(isFirst, slopes, else: Vector(at: scratch) * factors)
      let odd = Vector.select(
        isSecond, slopes, else: Vector(at: scratch + Vector.count) * factors)
      if count == Vector.count { return Vector.store(even: even, odd: odd, at: target) }
      even.store(first: count, at: target, stride: 2)
      odd.store(first: count, at: target + 1, stride: 2)
    } else if areWide {
      write(count, from: row, times: factors, to: start)
      slopes.store(at: scratch)
      var lane = 0
      while lane < count {
        let label = Int(classes[row &+ lane])
        if label >= 0 { target[lane &* width &+ label] = scratch[lane] }
        lane &+= 1
      }
    } else {
      var column = 0
      while column < width {
        let number = Vector(Double(column))
        Vector.select(
          (labels >= number) & (labels <= number), slopes,
          else: Vector(at: scratch + column &* Vector.count) * factors
        ).store(first: count, at: target + column, stride: width)
        column &+= 1
      }
    }
  }

  /// Writes the rows' exponentials times `factors`, one a lane.
  @_transparent @usableFromInline
  func write(
    _ count: Int, from row: Int, times factors: Vector, to start: UnsafeMutablePointer<Number>
  ) {
    let target = start + row &* width
    if areWide {
      let last = width &- Vector.count
      factors.store(at: scratch)
      var lane = 0
      while lane < count {
        let factor = Vector(repeating: scratch[lane])
        let source = exponentials + (row &+ lane) &* width
        let target = target + lane &* width
        // Read before what it overlaps is written.
        let tail = Vector(at: source + last) * factor
        var column = 0
        while column < last {
          (Vector(at: source + column) * factor).store(at: target + column)
          column &+= Vector.count
        }
        tail.store(at: target + last)
        lane &+= 1
      }
    } else {
      var column = 0
      while column < width {
        (Vector(at: scratch + column &* Vector.count) * factors)
          .store(first: count, at: target + column, stride: width)
        column &+= 1
      }
    }
  }
}

extension SoftmaxRows {
  /// Rows of two columns, of which the larger's exponential is 1.
  @_transparent @usableFromInline
  mutating func summarizePairs(_ count: Int, from row: Int) -> (largest: Vector, others: Vector) {
    let start = logits + 2 &* row
    var first: Vector
    var second: Vector
    if count == Vector.count {
      (first, second) = Vector.pairs(at: start)
    } else {
      first = Vector(first: count, at: start, stride: 2)
      second = Vector(first: count, at: start + 1, stride: 2)
    }
    check.add(first)
    check.add(second)
    let largest = Vector.max(first, second)
    let others = Vector.exp(.min(first, second), upTo: largest)
    Vector.select(first >= largest, 1, else: others).store(at: scratch)
    Vector.select(second >= largest, 1, else: others).store(at: scratch + Vector.count)
    return (largest, others)
  }

  /// Rows with fewer columns than a vector has lanes.
  @_transparent @usableFromInline
  mutating func summarizeNarrow(_ count: Int, from row: Int) -> (largest: Vector, others: Vector) {
    let start = logits + row &* width
    var largest = Vector(first: count, at: start, stride: width)
    var column = 0
    while column < width {
      let x = Vector(first: count, at: start + column, stride: width)
      check.add(x)
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
  @_transparent @usableFromInline
  mutating func summarizeWide(_ count: Int, from row: Int) -> (largest: Vector, others: Vector) {
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
      check.add(top)
      var column = 0
      while column < last {
        let x = Vector(at: start + column)
        check.add(x)
        top = .max(top, x)
        column &+= Vector.count
      }
      top.store(at: less + lane &* Vector.count)
      lane &+= 1
    }
    let largest = Vector.reduced(less) { .max($0, $1) }

    let tops = ties + Vector.count &* Vector.count
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
        // The next group's, so that the memory works while this one's exponentials are computed.
        prefetch_line(logits + start + column + Vector.count &* width)
        prefetch_line(exponentials + start + column + Vector.count &* width)
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

  @inlinable @inline(__always)
  mutating func add(_ exponential: Vector, isLargest: Vector.Mask) {
    less = less + .select(isLargest, 0, else: exponential)
    ties = ties + .select(isLargest, 1, else: 0)
  }
}
