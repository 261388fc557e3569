extension LossBlock {
  /// Writes log softmax of each row as values: yⱼ = (xⱼ − m) − log1p(r).
  @_alwaysEmitIntoClient @_transparent
  public borrowing func evaluateLogSoftmax() {
    let values = values
    let rows = SoftmaxRows(self)
    var row = 0
    while row < rows.rowCount {
      let (largest, others) = rows.summarize(from: row)
      let rest = Number.Vector.log1p(others)
      if rows.width == 2 {
        let (first, second) = Number.Vector.pairs(at: rows.logits + 2 &* row)
        Number.Vector.store(
          even: (first - largest) - rest, odd: (second - largest) - rest, at: values + 2 &* row)
      } else {
        rows.map(from: row, rowNumbers: (largest, rest, 0, 0), to: values) { place, row in
          (place.load(rows.logits) - row.0) - row.1
        }
      }
      row &+= Number.Vector.count
    }
  }

  /// Writes as derivatives the gradient by the logits, given as targets the gradient g by the
  /// log-probabilities: gⱼ − softmax(x)ⱼ Σₖ gₖ.
  @_alwaysEmitIntoClient @_transparent
  public borrowing func evaluateLogSoftmaxGradient() {
    let (targets, derivatives) = (targets, derivatives)
    let rows = SoftmaxRows(self)
    var row = 0
    while row < rows.rowCount {
      let (largest, others) = rows.summarize(from: row)
      let (ofLargest, ofOthers) = rows.sums(of: targets, from: row, largest: largest)
      rows.map(
        from: row, rowNumbers: (largest, others, ofLargest, ofOthers), to: derivatives
      ) { place, row in
        logSoftmaxDerivative(
          place.load(targets), exponential: place.exponentials,
          isLargest: place.load(rows.logits) >= row.0, others: row.1, sumOfLargest: row.2,
          sumOfOthers: row.3)
      }
      row &+= Number.Vector.count
    }
  }
}

/// The gradient by a logit x through log softmax.
///
/// - Parameters:
///   - upstream: The gradient g by the log-probability.
///   - exponential: exp(x − m).
///   - isLargest: Whether x is m.
///   - others: r = Σ exp(xⱼ − m) over all columns but one that is largest.
///   - sumOfLargest: Σ g over the columns that are largest.
///   - sumOfOthers: Σ g over the other columns.
@_alwaysEmitIntoClient @inline(__always)
func logSoftmaxDerivative<Value: FormulaValue>(
  _ upstream: Value, exponential: Value, isLargest: Value.Mask, others: Value,
  sumOfLargest: Value, sumOfOthers: Value
) -> Value {
  let total = 1 + others
  let sure = (upstream * others - sumOfOthers) / total
  let general = upstream - (sumOfLargest + sumOfOthers) / total * exponential
  // For a single largest logit with most of the probability both are the same, but the first without
  // the difference of two equals.
  return .select(isLargest & (others < 1), sure, else: general)
}

/// Where a vector of elements lies in `[rows, width]`: in one row, or in one column.
@usableFromInline
struct SoftmaxPlace<Number: RealScalar> {
  @usableFromInline
  let start: Int
  /// The distance from one element to the next; 1 in a row.
  @usableFromInline
  let stride: Int
  /// The elements' exponentials.
  @usableFromInline
  let exponentials: Number.Vector

  @inlinable @inline(__always)
  init(start: Int, stride: Int, exponentials: Number.Vector) {
    self.start = start
    self.stride = stride
    self.exponentials = exponentials
  }

  @_alwaysEmitIntoClient @inline(__always)
  func load(_ elements: UnsafePointer<Number>) -> Number.Vector {
    stride == 1
      ? Number.Vector(at: elements + start) : Number.Vector(at: elements + start, stride: stride)
  }

  @_alwaysEmitIntoClient @inline(__always)
  func store(_ vector: Number.Vector, to elements: UnsafeMutablePointer<Number>) {
    if stride == 1 {
      vector.store(at: elements + start)
    } else {
      vector.store(at: elements + start, stride: stride)
    }
  }
}

extension SoftmaxRows {
  /// Writes what `body` makes of each vector of the rows' elements, and of four numbers of the rows that
  /// they lie in.
  @_alwaysEmitIntoClient @inline(__always)
  func map(
    from row: Int, rowNumbers: (Vector, Vector, Vector, Vector),
    to result: UnsafeMutablePointer<Number>,
    _ body: (SoftmaxPlace<Number>, (Vector, Vector, Vector, Vector)) -> Vector
  ) {
    guard areWide else {
      var column = 0
      while column < width {
        let place = SoftmaxPlace<Number>(
          start: row &* width &+ column, stride: width,
          exponentials: Vector(at: scratch + column &* Vector.count))
        place.store(body(place, rowNumbers), to: result)
        column &+= 1
      }
      return
    }
    rowNumbers.0.store(at: scratch)
    rowNumbers.1.store(at: scratch + Vector.count)
    rowNumbers.2.store(at: scratch + 2 &* Vector.count)
    rowNumbers.3.store(at: scratch + 3 &* Vector.count)
    let count = count(from: row)
    let last = width &- Vector.count
    var lane = 0
    while lane < count {
      let numbers = (
        Vector(repeating: scratch[lane]), Vector(repeating: scratch[Vector.count &+ lane]),
        Vector(repeating: scratch[2 &* Vector.count &+ lane]),
        Vector(repeating: scratch[3 &* Vector.count &+ lane])
      )
      let start = (row &+ lane) &* width
      // Read before what it overlaps is written: exponentials may lie where results go.
      let end = place(at: start &+ last)
      let tail = body(end, numbers)
      var column = 0
      while column < last {
        let place = place(at: start &+ column)
        place.store(body(place, numbers), to: result)
        column &+= Vector.count
      }
      end.store(tail, to: result)
      lane &+= 1
    }
  }

  /// A vector of neighbouring columns.
  @_alwaysEmitIntoClient @inline(__always)
  func place(at start: Int) -> SoftmaxPlace<Number> {
    SoftmaxPlace(start: start, stride: 1, exponentials: Vector(at: exponentials + start))
  }

  /// For each row the sum of `numbers` over the columns whose logit is the largest, and over the others.
  @_alwaysEmitIntoClient @inline(__always)
  func sums(
    of numbers: UnsafePointer<Number>, from row: Int, largest: Vector
  ) -> (ofLargest: Vector, ofOthers: Vector) {
    guard areWide else {
      var sums: (Vector, Vector) = (0, 0)
      var column = 0
      while column < width {
        let start = row &* width &+ column
        let isLargest = Vector(at: logits + start, stride: width) >= largest
        let number = Vector(at: numbers + start, stride: width)
        sums.0 = sums.0 + .select(isLargest, number, else: 0)
        sums.1 = sums.1 + .select(isLargest, 0, else: number)
        column &+= 1
      }
      return sums
    }
    let count = count(from: row)
    let ofLargest = scratch
    let ofOthers = scratch + Vector.count &* Vector.count
    let tops = laneScratch
    largest.store(at: tops)
    let last = width &- Vector.count
    let isNew = Vector.lanes(from: (Vector.count &- width % Vector.count) % Vector.count)
    var lane = 0
    while lane < Vector.count {
      var sums: (Vector, Vector) = (0, 0)
      if lane < count {
        let top = Vector(repeating: tops[lane])
        let start = (row &+ lane) &* width
        var column = 0
        while column < last {
          let isLargest = Vector(at: logits + start + column) >= top
          let number = Vector(at: numbers + start + column)
          sums.0 = sums.0 + .select(isLargest, number, else: 0)
          sums.1 = sums.1 + .select(isLargest, 0, else: number)
          column &+= Vector.count
        }
        let isLargest = Vector(at: logits + start + last) >= top
        let number = Vector.select(isNew, Vector(at: numbers + start + last), else: 0)
        sums.0 = sums.0 + .select(isLargest, number, else: 0)
        sums.1 = sums.1 + .select(isLargest, 0, else: number)
      }
      sums.0.store(at: ofLargest + lane &* Vector.count)
      sums.1.store(at: ofOthers + lane &* Vector.count)
      lane &+= 1
    }
    return (Vector.reduced(ofLargest) { $0 + $1 }, Vector.reduced(ofOthers) { $0 + $1 })
  }
}
