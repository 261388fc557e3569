import VectorArithmetic

/// A row in double precision, a vector of neighbours after the other: for losses that add up rows, where the
/// differences of single precision would be lost.
///
/// Lanes behind the last column hold anything; ``sum(_:)`` and ``largest(_:)`` pass over them.
public struct DoubleRow: Sendable {
  /// The number of columns.
  public let width: Int
  @usableFromInline
  var vectors: [DoubleVector]

  /// A row of zeros.
  public init(width: Int) {
    self.width = Swift.max(0, width)
    vectors = [DoubleVector](repeating: 0, count: (self.width + 7) / 8)
  }

  /// The numbers of the vectors.
  @_alwaysEmitIntoClient @inline(__always)
  public var indices: Range<Int> { vectors.indices }

  /// Eight neighbours.
  @_alwaysEmitIntoClient @inline(__always)
  public subscript(index: Int) -> DoubleVector {
    get { vectors[index] }
    set { vectors[index] = newValue }
  }

  /// The number in a column.
  @_alwaysEmitIntoClient @inline(__always)
  public subscript(column column: Int) -> Double {
    get { vectors[column / 8][column % 8] }
    set { vectors[column / 8][column % 8] = newValue }
  }

  /// Takes the numbers of as many neighbours, if all are there.
  @_alwaysEmitIntoClient @inline(__always)
  public mutating func read<Number: RealScalar>(_ numbers: Span<Number>, from first: Int) {
    guard first >= 0, first <= numbers.count &- width else { return }
    let start = LossKernels.start(of: numbers) + first
    vectors.withUnsafeMutableBytes { bytes in
      var column = 0
      while column &+ 8 <= width {
        bytes.storeBytes(
          of: Number.doubles(at: start + column).lanes, toByteOffset: 8 &* column,
          as: SIMD8<Double>.self)
        column &+= 8
      }
      while column < width {
        bytes.storeBytes(of: Double(start[column]), toByteOffset: 8 &* column, as: Double.self)
        column &+= 1
      }
    }
  }

  /// Writes the numbers over as many neighbours, rounded, if all are there.
  @_alwaysEmitIntoClient @inline(__always)
  public func write<Number: RealScalar>(to numbers: inout MutableSpan<Number>, from first: Int) {
    guard first >= 0, first <= numbers.count &- width else { return }
    let start = LossKernels.start(of: &numbers) + first
    vectors.withUnsafeBytes { bytes in
      var column = 0
      while column &+ 8 <= width {
        Number.store(
          DoubleVector(bytes.load(fromByteOffset: 8 &* column, as: SIMD8<Double>.self)),
          at: start + column)
        column &+= 8
      }
      while column < width {
        start[column] = Number(bytes.load(fromByteOffset: 8 &* column, as: Double.self))
        column &+= 1
      }
    }
  }

  /// The sum of a term for each column, in an order that depends on the width alone.
  ///
  /// - Parameter term: Gets the number of a vector.
  @_alwaysEmitIntoClient @inline(__always)
  public func sum(_ term: (Int) -> DoubleVector) -> Double {
    var sum = LaneSum()
    for index in indices {
      DoubleVector.select(isColumn(index), term(index), else: 0).add(to: &sum)
    }
    return sum.total
  }

  /// The largest of a term for each column.
  ///
  /// - Parameter term: Gets the number of a vector.
  @_alwaysEmitIntoClient @inline(__always)
  public func largest(_ term: (Int) -> DoubleVector) -> Double {
    let nothing = DoubleVector(-.infinity)
    var largest = nothing
    for index in indices {
      largest = .max(largest, .select(isColumn(index), term(index), else: nothing))
    }
    return largest.reduced { .max($0, $1) }
  }

  /// Which lanes of a vector are columns.
  @_alwaysEmitIntoClient @inline(__always)
  func isColumn(_ index: Int) -> DoubleVector.Mask {
    !DoubleVector.lanes(from: width &- 8 &* index)
  }
}
