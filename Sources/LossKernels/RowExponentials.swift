/// The exponentials of each row of `[rows, width]`, relative to the largest element m of the row:
/// exp(xⱼ − m), of which the largest is 1.
///
/// The sum leaves one largest element out: log Σ exp xⱼ = m + log1p(others). This keeps the relative
/// accuracy of rows that are almost sure of one column.
///
/// Narrow rows lie side by side in a vector, one a lane; of wide rows neighbouring columns do. A row
/// gives the same bits wherever it stands.
///
/// - Parameters:
///   - predictions: The rows.
///   - width: The number of columns, at least 1.
///   - exponentials: Receives exp(xⱼ − m); as many as predictions.
///   - largest: Receives m, one a row.
///   - others: Receives Σ exp(xⱼ − m) over all columns but one that is largest, one a row.
@inlinable @inline(__always)
public func exponentials<Number: RealScalar>(
  ofRows predictions: Span<Number>, width: Int, into exponentials: inout MutableSpan<Number>,
  largest: inout MutableSpan<Number>, others: inout MutableSpan<Number>
) {
  let rows = largest.count
  guard width > 0, predictions.count == rows * width, exponentials.count == rows * width,
    others.count == rows
  else { return }
  predictions.withUnsafeBufferPointer { x in
    exponentials.withUnsafeMutableBufferPointer { e in
      largest.withUnsafeMutableBufferPointer { largest in
        others.withUnsafeMutableBufferPointer { others in
          guard let x = x.baseAddress, let e = e.baseAddress, let largest = largest.baseAddress,
            let others = others.baseAddress
          else { return }
          var row = 0
          if width >= Number.Vector.count {
            while row < rows {
              (largest[row], others[row]) = exponentialsOfWideRow(
                x + row * width, width: width, into: e + row * width)
              row &+= 1
            }
            return
          }
          while row + Number.Vector.count <= rows {
            let sum = exponentialsSideBySide(
              Number.Vector.self, x + row * width, width: width, into: e + row * width)
            sum.largest.store(at: largest + row)
            sum.total.store(at: others + row)
            row &+= Number.Vector.count
          }
          while row < rows {
            let start = x + row * width
            var sum = OtherSum<Number>()
            sum.largest = start[0]
            for column in 1..<width { sum.largest = .max(sum.largest, start[column]) }
            for column in 0..<width { e[row * width + column] = sum.add(start[column]) }
            (largest[row], others[row]) = (sum.largest, sum.total)
            row &+= 1
          }
        }
      }
    }
  }
}

/// What the softmax of a block's rows needs, whatever it is for: see
/// ``exponentials(ofRows:width:into:largest:others:)``.
public struct RowSums<Number: RealScalar>: Sendable {
  /// The largest element m of each row.
  public let largest: [Number]
  /// r = Σ exp(xⱼ − m) over all columns but one that is largest, for each row.
  public let others: [Number]
  /// log1p(r) = log Σ exp xⱼ − m, for each row.
  public let logSums: [Number]

  /// Sums `count` rows, and writes their exponentials into `exponentials`, as many as predictions.
  @inlinable @inline(__always)
  public init(
    ofRows predictions: Span<Number>, width: Int, count: Int,
    exponentials: inout MutableSpan<Number>
  ) {
    var largest = [Number](repeating: 0, count: count)
    var others = largest
    var largestSpan = largest.mutableSpan
    var othersSpan = others.mutableSpan
    LossKernels.exponentials(
      ofRows: predictions, width: width, into: &exponentials, largest: &largestSpan,
      others: &othersSpan)
    var logSums = others
    var logSpan = logSums.mutableSpan
    transformElements(&logSpan, { .log1p($0) }, { .log1p($0) })
    self.largest = largest
    self.others = others
    self.logSums = logSums
  }
}

/// The sum of the exponentials of a row but for one of the largest elements.
@usableFromInline
struct OtherSum<Value: FormulaValue> {
  /// The largest element.
  @usableFromInline
  var largest: Value = 0
  /// The sum over the elements that are less.
  @usableFromInline
  var less: Value = 0
  /// How many elements are the largest.
  @usableFromInline
  var ties: Value = 0

  @inlinable @inline(__always)
  init() {}

  /// Adds an element and gives its exponential.
  @inlinable @inline(__always)
  mutating func add(_ x: Value) -> Value {
    let exponential = Value.exp(x, minus: largest)
    less = less + .select(x >= largest, 0, else: exponential)
    ties = ties + .select(x >= largest, 1, else: 0)
    return exponential
  }

  @inlinable @inline(__always)
  var total: Value { less + (ties - 1) }
}

/// As many rows as a vector has lanes, one a lane.
@inlinable @inline(__always)
func exponentialsSideBySide<Vector: NumberVector>(
  _: Vector.Type, _ x: UnsafePointer<Vector.Number>, width: Int,
  into e: UnsafeMutablePointer<Vector.Number>
) -> OtherSum<Vector> {
  var sum = OtherSum<Vector>()
  if width == 2 {
    let (first, second) = Vector.pairs(at: x)
    sum.largest = .max(first, second)
    let exponential = sum.add(first)
    Vector.store(even: exponential, odd: sum.add(second), at: e)
    return sum
  }
  sum.largest = Vector(at: x, stride: width)
  var column = 1
  while column < width {
    sum.largest = .max(sum.largest, Vector(at: x + column, stride: width))
    column &+= 1
  }
  column = 0
  while column < width {
    sum.add(Vector(at: x + column, stride: width)).store(at: e + column, stride: width)
    column &+= 1
  }
  return sum
}

/// A row of at least as many columns as a vector has lanes.
///
/// The last vector overlaps the one before where the columns don't fill it; what it writes again is the
/// same, and what it would add again is left out.
@inlinable @inline(__always)
func exponentialsOfWideRow<Number: RealScalar>(
  _ x: UnsafePointer<Number>, width: Int, into e: UnsafeMutablePointer<Number>
) -> (largest: Number, others: Number) {
  let last = width - Number.Vector.count
  var top = Number.Vector(at: x + last)
  var column = 0
  while column < last {
    top = .max(top, Number.Vector(at: x + column))
    column &+= Number.Vector.count
  }
  let largest = top.reduced { .max($0, $1) }

  var sum = OtherSum<Number.Vector>()
  sum.largest = Number.Vector(repeating: largest)
  column = 0
  while column < last {
    sum.add(Number.Vector(at: x + column)).store(at: e + column)
    column &+= Number.Vector.count
  }
  let added = column - last
  var tail = OtherSum<Number.Vector>()
  tail.largest = sum.largest
  tail.add(Number.Vector(at: x + last)).store(at: e + last)
  let isNew = Number.Vector.lanes(from: added)
  let less = sum.less + .select(isNew, tail.less, else: 0)
  let ties = sum.ties + .select(isNew, tail.ties, else: 0)
  return (largest, less.reduced { $0 + $1 } + (ties.reduced { $0 + $1 } - 1))
}
