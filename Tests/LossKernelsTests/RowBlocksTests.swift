import LossKernels
import SeededNumbers
import Testing

/// A loss that depends on the row's index, so that a row in the wrong place shows: element x of row
/// r has the value (r mod 7) x and the derivative x − r mod 5.
private func evaluate(
  _ rows: Range<Int>, _ predictions: Span<Float>, _ values: inout MutableSpan<Float>,
  _ gradient: inout MutableSpan<Float>
) -> Double {
  let width = rows.isEmpty ? 0 : predictions.count / rows.count
  let valuesPerRow = rows.isEmpty ? 0 : values.count / rows.count
  var sum = 0.0
  for (index, row) in rows.enumerated() {
    for column in 0..<width {
      let x = predictions[index * width + column]
      let value = Float(row % 7) * x
      if valuesPerRow > 0 { values[index * valuesPerRow + column % valuesPerRow] += value }
      if !gradient.isEmpty { gradient[index * width + column] = x - Float(row % 5) }
      sum += Double(value)
    }
  }
  return sum
}

@Suite struct RowBlocksTests {
  /// Everything that a loop over rows and columns finds, without blocks, copies or threads.
  private struct Expected {
    var totals = RowTotals()
    var values: [Float] = []
    var gradient: [Float]

    init(_ selection: RowSelection, _ predictions: [Float], gradient: [Float], valuesPerRow: Int) {
      self.gradient = gradient
      for (row, elements) in selection.rows.enumerated() {
        var values = [Float](repeating: 0, count: valuesPerRow)
        for (column, element) in elements.enumerated() {
          let x = predictions[element]
          let derivative = x - Float(row % 5)
          if valuesPerRow > 0 { values[column % valuesPerRow] += Float(row % 7) * x }
          self.gradient[element] += derivative
          totals.value += Double(Float(row % 7) * x)
          totals.squaredGradient += Double(derivative * derivative)
        }
        self.values += values
      }
    }
  }

  private func check(
    _ selection: RowSelection, count: Int, valuesPerRow: Int,
    using generator: inout SeededGenerator
  ) {
    let predictions = generator.wholeNumbers(count)
    let before = generator.wholeNumbers(count)
    let expected = Expected(
      selection, predictions, gradient: before, valuesPerRow: valuesPerRow)
    var gradient: [Float]? = before
    let totals = forEachBlock(
      of: selection, in: predictions, addingGradientTo: &gradient, on: Workers(2)
    ) { rows, predictions, values, gradient in evaluate(rows, predictions, &values, &gradient) }
    #expect(totals == expected.totals)
    #expect(gradient == expected.gradient)
    guard case .contiguous = selection.starts else { return }
    let results = forEachContiguousBlock(
      selection.count, width: selection.width, of: predictions, gradient: true, values: true,
      valuesPerRow: valuesPerRow, on: Workers(2)
    ) { rows, predictions, values, gradient in
      for index in values.indices { values[index] = 0 }
      return evaluate(rows, predictions, &values, &gradient)
    }
    #expect(results?.total == expected.totals.value)
    #expect(results?.values == expected.values)
    let places = selection.rows.flatMap { $0 }
    #expect(results?.gradient == places.map { expected.gradient[$0] - before[$0] })
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func gathersAndScattersAsALoopDoes(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let (selection, count) = RowSelection.random(using: &generator)
    for valuesPerRow in [0, 1, selection.width] {
      check(selection, count: count, valuesPerRow: valuesPerRow, using: &generator)
    }
  }

  @Test(arguments: [(0, 3), (1, 1), (1, 5000), (681, 3), (682, 3), (683, 3), (5000, 2), (7, 0)])
  func takesContiguousRows(rows: Int, width: Int) {
    var generator = SeededGenerator(seed: 1)
    let selection = RowSelection(rows: rows, width: width)
    check(selection, count: rows * width, valuesPerRow: 1, using: &generator)
    check(selection, count: rows * width + 3, valuesPerRow: width, using: &generator)
  }

  @Test func computesNoMoreThanAskedFor() {
    var generator = SeededGenerator(seed: 2)
    let predictions = generator.wholeNumbers(3000)
    let selection = RowSelection(rows: 1000, width: 3)
    var nothing: [Float]?
    let totals = forEachBlock(
      of: selection, in: predictions, addingGradientTo: &nothing, on: Workers(2)
    ) { rows, predictions, values, gradient in
      gradient.isEmpty && values.isEmpty ? evaluate(rows, predictions, &values, &gradient) : .nan
    }
    let expected = Expected(selection, predictions, gradient: predictions, valuesPerRow: 3)
    #expect(totals == RowTotals(value: expected.totals.value))
    #expect(nothing == nil)
  }
}
