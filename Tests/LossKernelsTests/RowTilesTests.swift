import LossKernels
import SeededNumbers
import Testing

/// Rows of channels-first tensors, of which many are moved together, against a copy of one number at a time.
@Suite struct RowTilesTests {
  /// The starts of rows in `[priors, columns, cells]`, cell by cell, without some of them.
  static func starts(
    cells: Int, priors: Int, columns: Int, keeping: Double, seed: UInt64
  ) -> [Int] {
    var random = SeededGenerator(seed: seed)
    return (0..<cells).flatMap { cell in
      (0..<priors).map { prior in prior * columns * cells + cell }
    }.filter { _ in Double.random(in: 0..<1, using: &random) < keeping }
  }

  @Test(
    arguments: [(1, 1), (1, 4), (1, 80), (9, 5), (3, 1), (9, 91), (40, 2)],
    [1, 0.99, 0.9, 0.3] as [Double])
  func rowsAreThoseOneByOne(shape: (priors: Int, columns: Int), keeping: Double) {
    for cells in [1, 2, 15, 16, 17, 37, 150] {
      check(Float.self, cells: cells, shape.priors, shape.columns, keeping)
      check(Double.self, cells: cells, shape.priors, shape.columns, keeping)
    }
  }

  private func check<Scalar: RealScalar>(
    _: Scalar.Type, cells: Int, _ priors: Int, _ columns: Int, _ keeping: Double
  ) {
    let starts = Self.starts(
      cells: cells, priors: priors, columns: columns, keeping: keeping, seed: UInt64(cells))
    let count = cells * priors * columns
    let predictions = (0..<count).map { Scalar(Double($0 * 7919 % 1009) / 64) }
    let marked = starts.indices.map { $0 % 5 == 0 }
    let selection = RowSelection(starts: starts, width: columns, columnStride: cells)
    for workers in [1, 3] {
      var gradient: [Scalar]? = [Scalar](repeating: 1, count: count)
      let totals = forEachBlock(
        of: selection, in: predictions, addingGradientTo: &gradient, marked: marked,
        on: Workers(workers)
      ) { rows, block, _, gradient in
        var wrong = 0.0
        for (index, row) in rows.enumerated() {
          for column in 0..<columns {
            let element = block[index * columns + column]
            if element != predictions[starts[row] + column * cells] { wrong += 1 }
            gradient[index * columns + column] = 2 * element
          }
        }
        return wrong
      }
      var expected = [Scalar](repeating: 1, count: count)
      var squares = (all: 0.0, marked: 0.0)
      for (row, start) in starts.enumerated() {
        for column in 0..<columns {
          let value = 2 * predictions[start + column * cells]
          expected[start + column * cells] += value
          squares.all += Double(value * value)
          if marked[row] { squares.marked += Double(value * value) }
        }
      }
      #expect(totals?.value == 0)
      #expect(gradient == expected)
      // Multiples of 2⁻¹⁰, whose sums are exact in any order.
      #expect(totals?.squaredGradient == squares.all)
      #expect(totals?.squaredMarkedGradient == squares.marked)
    }
  }
}
