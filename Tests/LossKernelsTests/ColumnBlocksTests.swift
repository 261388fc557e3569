import LossKernels
import SeededNumbers
import Testing

/// Blocks of columns of channels-first tensors, against one number at a time.
@Suite struct ColumnBlocksTests {
  /// The totals, and the gradient, of 2x for each number x, of which all are counted as seen where they should be.
  private func evaluate<Scalar: RealScalar>(
    _ selection: RowSelection, _ starts: [Int], in predictions: [Scalar], marked: [Bool],
    on workers: Workers
  ) -> (totals: RowTotals?, gradient: [Scalar]) {
    let (width, stride) = (selection.width, selection.columnStride)
    var gradient = [Scalar](repeating: 1, count: predictions.count)
    let totals = predictions.withUnsafeBufferPointer { buffer in
      gradient.withUnsafeMutableBufferPointer { gradient in
        forEachColumnBlock(
          of: selection, in: buffer, addingGradientTo: gradient, marked: marked, on: workers
        ) { rows, columns, block, gradient in
          #expect(rows.count * columns.count == block.count && columns.upperBound <= width)
          var wrong = 0.0
          for (place, column) in columns.enumerated() {
            for (index, row) in rows.enumerated() {
              let element = block[place * rows.count + index]
              if element != predictions[starts[row] + column * stride] { wrong += 1 }
              gradient[place * rows.count + index] = 2 * element
            }
          }
          return wrong
        }
      }
    }
    return (totals, gradient)
  }

  @Test(
    arguments: [1, 2, 15, 16, 17, 150, 5000, 40_000], [1, 0.99, 0.9, 0.3] as [Double])
  func elementsAreThoseOneByOne(cells: Int, keeping: Double) {
    for columns in [2, 5, 80] where cells * columns < 200_000 {
      check(Float.self, cells: cells, columns, keeping)
      check(Double.self, cells: cells, columns, keeping)
    }
  }

  private func check<Scalar: RealScalar>(
    _: Scalar.Type, cells: Int, _ columns: Int, _ keeping: Double
  ) {
    let starts = RowTilesTests.starts(
      cells: cells, priors: 1, columns: columns, keeping: keeping, seed: UInt64(cells))
    let predictions = (0..<cells * columns).map { Scalar(Double($0 * 7919 % 1009) / 64) }
    let marked = starts.indices.map { $0 % 5 == 0 }
    let selection = RowSelection(starts: starts, width: columns, columnStride: cells)
    var expected = [Scalar](repeating: 1, count: predictions.count)
    var squares = (all: 0.0, marked: 0.0)
    for (row, start) in starts.enumerated() {
      for column in 0..<columns {
        let value = 2 * predictions[start + column * cells]
        expected[start + column * cells] += value
        squares.all += Double(value * value)
        if marked[row] { squares.marked += Double(value * value) }
      }
    }
    for workers in [1, 3] {
      let (totals, gradient) = evaluate(
        selection, starts, in: predictions, marked: marked, on: Workers(workers))
      #expect(totals?.value == 0)
      #expect(gradient == expected)
      // Multiples of 2⁻¹⁰, whose sums are exact in any order.
      #expect(totals?.squaredGradient == squares.all)
      #expect(totals?.squaredMarkedGradient == squares.marked)
    }
  }

  @Test func columnsAreThoseOfChannelsFirstTensors() {
    func lies(_ starts: [Int], _ columnStride: Int, width: Int = 4) -> Bool {
      RowSelection(starts: starts, width: width, columnStride: columnStride).liesInColumns
    }
    let all = Array(0..<64)
    #expect(lies(all, 64))
    #expect(lies(all.filter { $0 != 20 && $0 != 41 }, 64))
    #expect(!lies(all.filter { $0 % 4 != 0 }, 64))
    #expect(!lies(all.map { 4 * $0 }, 1))
    #expect(!lies(all, 64, width: 1))
    #expect(!RowSelection(rows: 64, width: 4).liesInColumns)
  }

  @Test func whatDoesNotFitIsRefused() {
    let selection = RowSelection(starts: [0, 1, 2], width: 2, columnStride: 3)
    func totals(_ selection: RowSelection, count: Int, marks: Int, gradient: Int) -> RowTotals? {
      var sum = [Float](repeating: 0, count: gradient)
      return [Float](repeating: 1, count: count).withUnsafeBufferPointer { predictions in
        sum.withUnsafeMutableBufferPointer { sum in
          forEachColumnBlock(
            of: selection, in: predictions, addingGradientTo: sum,
            marked: [Bool](repeating: true, count: marks), on: Workers(1)
          ) { _, _, _, _ in 1 }
        }
      }
    }
    #expect(totals(selection, count: 6, marks: 3, gradient: 6) != nil)
    #expect(totals(selection, count: 5, marks: 3, gradient: 5) == nil)
    #expect(totals(selection, count: 6, marks: 2, gradient: 6) == nil)
    #expect(totals(selection, count: 6, marks: 3, gradient: 7) == nil)
    #expect(totals(RowSelection(rows: 3, width: 2), count: 6, marks: 3, gradient: 6) == nil)
    let none = RowSelection(starts: [], width: 2, columnStride: 3)
    #expect(totals(none, count: 6, marks: 0, gradient: 6) == RowTotals())
  }
}
