import VectorArithmetic

/// Eight rows in double precision side by side, a lane each: for losses that take many steps on narrow rows, each
/// of which would wait for the last one where a row was alone.
public struct DoubleRows: Sendable {
  @usableFromInline
  var columns: [DoubleVector]

  /// Rows of zeros.
  public init(width: Int) {
    columns = [DoubleVector](repeating: 0, count: Swift.max(0, width))
  }

  /// The numbers of the columns.
  @_alwaysEmitIntoClient @inline(__always)
  public var indices: Range<Int> { columns.indices }

  /// A column.
  @_alwaysEmitIntoClient @inline(__always)
  public subscript(index: Int) -> DoubleVector {
    get { columns[index] }
    set { columns[index] = newValue }
  }

  /// Takes rows, those of `numbers` from one on; the last one again where there are fewer than eight.
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func read<Number: RealScalar>(_ numbers: Span<Number>, fromRow first: Int) {
    let width = columns.count
    guard first >= 0, width > 0, first < numbers.count / width else { return }
    let last = numbers.count / width &- 1
    let start = LossKernels.start(of: numbers)
    columns.withUnsafeMutableBytes { bytes in
      var lane = 0
      while lane < 8 {
        let row = start + Swift.min(first &+ lane, last) &* width
        var column = 0
        while column < width {
          bytes.storeBytes(
            of: Double(row[column]), toByteOffset: 8 &* (8 &* column &+ lane), as: Double.self)
          column &+= 1
        }
        lane &+= 1
      }
    }
  }

  /// Writes the rows over those of `numbers` from one on, as many as there are, rounded.
  @_alwaysEmitIntoClient @inline(__always)
  public func write<Number: RealScalar>(to numbers: inout MutableSpan<Number>, fromRow first: Int) {
    let width = columns.count
    guard first >= 0, width > 0 else { return }
    let end = Swift.min(first &+ 8, numbers.count / width)
    let start = LossKernels.start(of: &numbers)
    columns.withUnsafeBytes { bytes in
      var row = first
      while row < end {
        var column = 0
        while column < width {
          let place = 8 &* (8 &* column &+ (row &- first))
          start[row &* width &+ column] = Number(bytes.load(fromByteOffset: place, as: Double.self))
          column &+= 1
        }
        row &+= 1
      }
    }
  }

  /// The sum of a term for each column, in order.
  @_alwaysEmitIntoClient @inline(__always)
  public func sum(_ term: (Int) -> DoubleVector) -> DoubleVector {
    var sum: DoubleVector = 0
    for index in indices { sum = sum + term(index) }
    return sum
  }

  /// The largest of a term for each column.
  @_alwaysEmitIntoClient @inline(__always)
  public func largest(_ term: (Int) -> DoubleVector) -> DoubleVector {
    var largest = DoubleVector(-.infinity)
    for index in indices { largest = .max(largest, term(index)) }
    return largest
  }
}
