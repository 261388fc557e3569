import DetectorKernels
import LossKernels
import SeededNumbers
import Testing

struct MatrixTests {
  /// Sizes around those of tiles, panels and blocks.
  static let sizes = [
    (rows: 1, depth: 1, columns: 1), (2, 5, 31), (3, 7, 32), (4, 16, 33), (49, 3, 65), (150, 20, 4),
    (7, 40, 96),
  ]

  @Test(arguments: sizes)
  func `a product has the elements that it has by definition`(
    _ size: (rows: Int, depth: Int, columns: Int)
  ) {
    var generator = SeededGenerator(seed: 1)
    let left = generator.floats(size.rows * size.depth, in: -1...1)
    let right = generator.floats(size.depth * size.columns, in: -1...1)
    let bias = generator.floats(size.columns, in: -1...1)
    let matrix = PackedMatrix(
      right.span, rowStarts: (0..<size.depth).map { $0 * size.columns }, columns: size.columns)
    // Rows of the result in reverse order, and one element apart.
    let targets = (0..<size.rows).map { (size.rows - 1 - $0) * (size.columns + 1) }
    var result = [Float](repeating: 7, count: size.rows * (size.columns + 1))
    var span = result.mutableSpan
    MatrixKernel.baseline.multiply(
      GatheredRows(count: size.rows, length: size.depth), of: left.span, by: matrix,
      bias: bias.span, into: &span, at: targets, workers: Workers(2))
    for row in 0..<size.rows {
      for column in 0..<size.columns {
        let sum = (0..<size.depth).reduce(Double(bias[column])) {
          $0 + Double(left[row * size.depth + $1]) * Double(right[$1 * size.columns + column])
        }
        #expect(abs(Double(result[targets[row] + column]) - sum) < 1e-5)
      }
      #expect(result[targets[row] + size.columns] == 7)
    }
  }

  @Test(arguments: sizes)
  func `a transposed product has the elements that it has by definition`(
    _ size: (rows: Int, depth: Int, columns: Int)
  ) {
    var generator = SeededGenerator(seed: 2)
    let left = generator.floats(size.rows * size.depth + 32, in: -1...1)
    let right = generator.floats(size.rows * size.columns + 32, in: -1...1)
    for threads in [1, 3] {
      var result = [Float](repeating: 7, count: size.depth * size.columns)
      var span = result.mutableSpan
      MatrixKernel.baseline.multiplyTransposed(
        GatheredRows(count: size.rows, length: size.depth), of: left.span, with: right.span,
        at: (0..<size.rows).map { $0 * size.columns }, columns: size.columns, into: &span,
        workers: Workers(threads))
      for k in 0..<size.depth {
        for column in 0..<size.columns {
          let sum = (0..<size.rows).reduce(0.0) {
            $0 + Double(left[$1 * size.depth + k]) * Double(right[$1 * size.columns + column])
          }
          #expect(abs(Double(result[k * size.columns + column]) - sum) < 1e-5)
        }
      }
    }
  }

  @Test func `a packed matrix can be transposed, and its rows in any order`() {
    let elements: [Float] = [1, 2, 3, 4, 5, 6]
    // Rows 1 and 0 of [[1, 2, 3], [4, 5, 6]] transposed: [[2, 5], [1, 4]].
    let matrix = PackedMatrix(elements.span, rowStarts: [1, 0], columns: 2, columnStride: 3)
    let unit: [Float] = [1, 0, 0, 1]
    var result = [Float](repeating: 0, count: 4)
    var span = result.mutableSpan
    MatrixKernel.baseline.multiply(
      GatheredRows(count: 2, length: 2), of: unit.span, by: matrix, bias: Span(), into: &span,
      at: [0, 2], workers: Workers(1))
    #expect(result == [2, 5, 1, 4])
  }

  @Test func `rows may be gathered in segments`() {
    let elements: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    let ones: [Float] = [1, 10, 100, 1000]
    let matrix = PackedMatrix(ones.span, rowStarts: [0, 1, 2, 3], columns: 1)
    var result = [Float](repeating: 0, count: 2)
    var span = result.mutableSpan
    MatrixKernel.baseline.multiply(
      GatheredRows(starts: [0, 1], segments: [0, 4], length: 2), of: elements.span, by: matrix,
      bias: Span(), into: &span, at: [1, 0], workers: Workers(1))
    #expect(result == [7632, 6521])
  }

  @Test func `what reaches beyond an array is left undone`() {
    let elements: [Float] = [1, 2, 3, 4]
    let matrix = PackedMatrix(elements.span, rowStarts: [0, 2], columns: 2)
    let kernel = MatrixKernel.baseline
    func product(_ rows: GatheredRows, at targets: [Int]) -> [Float] {
      var result: [Float] = [0, 0, 0, 0]
      var span = result.mutableSpan
      kernel.multiply(
        rows, of: elements.span, by: matrix, bias: Span(), into: &span, at: targets,
        workers: Workers(1))
      return result
    }
    let untouched: [Float] = [0, 0, 0, 0]
    #expect(product(GatheredRows(count: 2, length: 2), at: [0, 2]) != untouched)
    #expect(product(GatheredRows(starts: [3], length: 2), at: [0]) == untouched)
    #expect(product(GatheredRows(starts: [-1], length: 2), at: [0]) == untouched)
    #expect(product(GatheredRows(starts: [0], length: 3), at: [0]) == untouched)
    #expect(product(GatheredRows(starts: [0], length: 2), at: [3]) == untouched)
    #expect(product(GatheredRows(starts: [0], length: 2), at: [-1]) == untouched)
    #expect(product(GatheredRows(starts: [0, 2], length: 2), at: [0]) == untouched)
    var result: [Float] = [0, 0, 0, 0]
    var span = result.mutableSpan
    kernel.multiplyTransposed(
      GatheredRows(count: 2, length: 2), of: elements.span, with: elements.span, at: [0, 2],
      columns: 2, into: &span, workers: Workers(1))
    #expect(result == untouched, "whole tiles would be read beyond the end")
  }
}
