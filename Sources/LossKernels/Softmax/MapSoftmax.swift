/// Makes a number of each logit by a formula over the softmax of its row.
///
/// - Parameters:
///   - logits: `[rows, width]`.
///   - width: The number of columns, at least 1.
///   - result: Receives the numbers; as many as logits.
///   - formula: The number for a logit x, the largest logit m of its row, and log Σ exp xₖ − m.
/// - Returns: Whether all logits were finite.
@inlinable @inline(__always)
public func mapSoftmax<Number: RealScalar>(
  _ logits: Span<Number>, width: Int, into result: inout MutableSpan<Number>,
  _ formula: (_ x: Number.Vector, _ largest: Number.Vector, _ logSum: Number.Vector)
    -> Number.Vector
) -> Bool {
  typealias Vector = Number.Vector
  guard width > 0, result.count == logits.count else { return logits.isEmpty }
  let rows = logits.count / width
  return logits.withUnsafeBufferPointer { logits in
    result.withUnsafeMutableBufferPointer { result in
      withUnsafeTemporaryAllocation(
        of: Number.self, capacity: SoftmaxRows<Number>.scratchCount
      ) { scratch in
        guard let logits = logits.baseAddress, let result = result.baseAddress,
          let scratch = scratch.baseAddress
        else { return true }
        var group = SoftmaxRows<Number>(
          logits, width: width, exponentials: result, scratch: scratch)
        var row = 0
        while row < rows {
          let count = Swift.min(Vector.count, rows &- row)
          let (largest, others) = group.summarize(count, from: row)
          let logSum = Vector.log1p(others)
          group.map(
            count, from: row, rowNumbers: (largest, others, logSum, 0), to: result
          ) { place, numbers in
            formula(place.load(logits), numbers.0, numbers.2)
          }
          row &+= count
        }
        return group.check.holds
      }
    }
  }
}

/// What a formula for the gradient through a softmax knows of an element and its row.
public struct SoftmaxSlope<Value: FormulaValue> {
  /// The gradient g by what was made of the logit.
  public let upstream: Value
  /// exp(x − m), of the logit x and the largest logit m of the row.
  public let exponential: Value
  /// Whether x is m.
  public let isLargest: Value.Mask
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest.
  public let others: Value
  /// Σ g over the columns that are largest.
  public let sumOfLargest: Value
  /// Σ g over the other columns.
  public let sumOfOthers: Value

  @inlinable @inline(__always)
  init(
    upstream: Value, exponential: Value, isLargest: Value.Mask, others: Value,
    sumOfLargest: Value, sumOfOthers: Value
  ) {
    self.upstream = upstream
    self.exponential = exponential
    self.isLargest = isLargest
    self.others = others
    self.sumOfLargest = sumOfLargest
    self.sumOfOthers = sumOfOthers
  }
}

/// Makes the gradient by each logit from that by what was made of it, by a formula over the softmax of its
/// row.
///
/// - Parameters:
///   - logits: `[rows, width]`.
///   - upstream: As many.
///   - width: The number of columns, at least 1.
///   - result: Receives the gradient; as many.
/// - Returns: Whether all logits were finite.
@inlinable @inline(__always)
public func mapSoftmaxSlopes<Number: RealScalar>(
  _ logits: Span<Number>, upstream: Span<Number>, width: Int,
  into result: inout MutableSpan<Number>,
  _ formula: (SoftmaxSlope<Number.Vector>) -> Number.Vector
) -> Bool {
  typealias Vector = Number.Vector
  guard width > 0, result.count == logits.count, upstream.count == logits.count
  else { return logits.isEmpty }
  let rows = logits.count / width
  return logits.withUnsafeBufferPointer { logits in
    upstream.withUnsafeBufferPointer { upstream in
      result.withUnsafeMutableBufferPointer { result in
        withUnsafeTemporaryAllocation(
          of: Number.self, capacity: SoftmaxRows<Number>.scratchCount
        ) { scratch in
          guard let logits = logits.baseAddress, let upstream = upstream.baseAddress,
            let result = result.baseAddress, let scratch = scratch.baseAddress
          else { return true }
          var group = SoftmaxRows<Number>(
            logits, width: width, exponentials: result, scratch: scratch)
          var row = 0
          while row < rows {
            let count = Swift.min(Vector.count, rows &- row)
            let (largest, others) = group.summarize(count, from: row)
            let (ofLargest, ofOthers) = group.sums(
              of: upstream, count, from: row, largest: largest)
            group.map(
              count, from: row, rowNumbers: (largest, others, ofLargest, ofOthers), to: result
            ) { place, numbers in
              formula(
                SoftmaxSlope(
                  upstream: place.load(upstream), exponential: place.exponentials,
                  isLargest: place.load(logits) >= numbers.0, others: numbers.1,
                  sumOfLargest: numbers.2, sumOfOthers: numbers.3))
            }
            row &+= count
          }
          return group.check.holds
        }
      }
    }
  }
}

/// Where a vector of elements lies in `[rows, width]`: in one row, or in one column.
@usableFromInline
struct SoftmaxPlace<Number: RealScalar> {
  @usableFromInline
  let start: Int
  /// The distance from one element to the next; 1 in a row.
  @usableFromInline
  let stride: Int
  @usableFromInline
  let count: Int
  /// The elements' exponentials.
  @usableFromInline
  let exponentials: Number.Vector

  @inlinable @inline(__always)
  init(start: Int, stride: Int, count: Int, exponentials: Number.Vector) {
    self.start = start
    self.stride = stride
    self.count = count
    self.exponentials = exponentials
  }

  @inlinable @inline(__always)
  func load(_ elements: UnsafePointer<Number>) -> Number.Vector {
    stride == 1
      ? Number.Vector(first: count, at: elements + start)
      : Number.Vector(first: count, at: elements + start, stride: stride)
  }

  @inlinable @inline(__always)
  func store(_ vector: Number.Vector, to elements: UnsafeMutablePointer<Number>) {
    if stride == 1 {
      vector.store(first: count, at: elements + start)
    } else {
      vector.store(first: count, at: elements + start, stride: stride)
    }
  }
}

extension SoftmaxRows {
  /// Writes what `body` makes of each vector of the rows' elements, and of four numbers of the rows that
  /// they lie in.
  @inlinable @inline(__always)
  func map(
    _ count: Int, from row: Int, rowNumbers: (Vector, Vector, Vector, Vector),
    to result: UnsafeMutablePointer<Number>,
    _ body: (SoftmaxPlace<Number>, (Vector, Vector, Vector, Vector)) -> Vector
  ) {
    guard areWide else {
      var column = 0
      while column < width {
        let place = SoftmaxPlace<Number>(
          start: row &* width &+ column, stride: width, count: count,
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
  @inlinable @inline(__always)
  func place(at start: Int) -> SoftmaxPlace<Number> {
    SoftmaxPlace(
      start: start, stride: 1, count: Vector.count,
      exponentials: Vector(at: exponentials + start))
  }

  /// For each row the sum of `numbers` over the columns whose logit is the largest, and over the others.
  @inlinable @inline(__always)
  func sums(
    of numbers: UnsafePointer<Number>, _ count: Int, from row: Int, largest: Vector
  ) -> (ofLargest: Vector, ofOthers: Vector) {
    guard areWide else {
      var sums: (Vector, Vector) = (0, 0)
      var column = 0
      while column < width {
        let start = row &* width &+ column
        let isLargest = Vector(first: count, at: logits + start, stride: width) >= largest
        let number = Vector(first: count, at: numbers + start, stride: width)
        sums.0 = sums.0 + .select(isLargest, number, else: 0)
        sums.1 = sums.1 + .select(isLargest, 0, else: number)
        column &+= 1
      }
      return sums
    }
    let ofLargest = scratch
    let ofOthers = scratch + Vector.count &* Vector.count
    let tops = ofOthers + Vector.count &* Vector.count
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
