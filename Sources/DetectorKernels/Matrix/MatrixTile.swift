import LossKernels
import VectorArithmetic

/// The innermost loops of the matrix product: a tile of the result that stays in registers.
///
/// A tile has `rows` rows of ``matrixTileWidth`` columns, of which `vectors` · 16 are worked on at a
/// time. The sum of an element runs over the products in their order, whatever the shape of the tile,
/// so that its bits depend on the instruction set alone (which may have a fused multiply and add).
///
/// Nothing here allocates, and all of it is inlined, so that a module which is compiled for another
/// instruction set gets loops of its own.
public struct MatrixTile<let rows: Int, let vectors: Int> {
  /// A shape.
  @inlinable @inline(__always)
  public init() {}

  /// Sums of one vector a row.
  @usableFromInline
  typealias Sums = InlineArray<rows, FloatVector>

  /// Writes a tile of rows · panel: element (r, n) is the sum over segments s and k < `length` of
  /// elements[starts[r] + segments[s] + k] · panel[(s · length + k) · 32 + n].
  @inlinable @inline(__always)
  public func gather(
    _ elements: UnsafePointer<Float>, starts: UnsafePointer<Int>,
    segments: UnsafeBufferPointer<Int>, length: Int, panel: UnsafePointer<Float>,
    into tile: UnsafeMutablePointer<Float>
  ) {
    let rowStarts = InlineArray<rows, Int> { starts[$0] }
    var column = 0
    while column < matrixTileWidth {
      var first = Sums(repeating: 0)
      var second = Sums(repeating: 0)
      var row = panel + column
      for segment in segments {
        let start = elements + segment
        var k = 0
        while k < length {
          let left = FloatVector(at: row)
          let right = vectors == 2 ? FloatVector(at: row + 16) : 0
          for index in 0..<rows {
            let element = FloatVector(repeating: start[rowStarts[unchecked: index] &+ k])
            first[unchecked: index].add(element, left)
            if vectors == 2 { second[unchecked: index].add(element, right) }
          }
          row += matrixTileWidth
          k &+= 1
        }
      }
      for index in 0..<rows {
        let target = tile + (index &* matrixTileWidth &+ column)
        first[unchecked: index].store(at: target)
        if vectors == 2 { second[unchecked: index].store(at: target + 16) }
      }
      column &+= vectors &* 16
    }
  }

  /// Adds a tile of leftᵀ · right: element (r, n) gains the sum over i < `count` of
  /// left[leftStarts[i] + r] · right[rightStarts[i] + n].
  @inlinable @inline(__always)
  public func addOuter(
    _ left: UnsafePointer<Float>, starts leftStarts: UnsafePointer<Int>,
    _ right: UnsafePointer<Float>, starts rightStarts: UnsafePointer<Int>, count: Int,
    to tile: UnsafeMutablePointer<Float>
  ) {
    var column = 0
    while column < matrixTileWidth {
      var first = Sums { FloatVector(at: tile + ($0 &* matrixTileWidth &+ column)) }
      var second = Sums {
        vectors == 2 ? FloatVector(at: tile + ($0 &* matrixTileWidth &+ column &+ 16)) : 0
      }
      var index = 0
      while index < count {
        let leftRow = left + leftStarts[index]
        let rightRow = right + (rightStarts[index] &+ column)
        let low = FloatVector(at: rightRow)
        let high = vectors == 2 ? FloatVector(at: rightRow + 16) : 0
        for row in 0..<rows {
          let element = FloatVector(repeating: leftRow[row])
          first[unchecked: row].add(element, low)
          if vectors == 2 { second[unchecked: row].add(element, high) }
        }
        index &+= 1
      }
      for row in 0..<rows {
        let target = tile + (row &* matrixTileWidth &+ column)
        first[unchecked: row].store(at: target)
        if vectors == 2 { second[unchecked: row].store(at: target + 16) }
      }
      column &+= vectors &* 16
    }
  }
}

/// The columns of a tile and of a panel of a ``PackedMatrix``.
@inlinable @inline(__always)
public var matrixTileWidth: Int { 32 }

extension FloatVector {
  /// Adds a product, rounded once where the instruction set can.
  @inlinable @inline(__always)
  mutating func add(_ left: FloatVector, _ right: FloatVector) {
    lanes = float_x16_multiply_add(left.lanes, right.lanes, lanes)
  }
}
