import LossKernels
import SeededNumbers
import Testing

/// A score that depends on the row's index, so that a row in the wrong place shows: element x of row
/// r has the value (r mod 7) x and the slope x − r mod 5.
private func score(
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

@Suite struct ScoreRowsTests {
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
          let slope = x - Float(row % 5)
          if valuesPerRow > 0 { values[column % valuesPerRow] += Float(row % 7) * x }
          self.gradient[element] += slope
          totals.value += Double(Float(row % 7) * x)
          totals.squaredGradient += Double(slope * slope)
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
    var values: [Float]? = [Float](repeating: 0, count: selection.count * valuesPerRow)
    let totals = scoreRows(
      selection, of: predictions, addingGradientTo: &gradient, writingValuesTo: &values,
      valuesPerRow: valuesPerRow, on: Workers(2)
    ) { rows, predictions, values, gradient in score(rows, predictions, &values, &gradient) }
    #expect(totals == expected.totals)
    #expect(values == expected.values)
    #expect(gradient == expected.gradient)
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
  func scoresContiguousRows(rows: Int, width: Int) {
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
    var values: [Float]?
    let totals = scoreRows(
      selection, of: predictions, addingGradientTo: &nothing, writingValuesTo: &values,
      valuesPerRow: 3, on: Workers(2)
    ) { rows, predictions, values, gradient in
      gradient.isEmpty ? score(rows, predictions, &values, &gradient) : .nan
    }
    let expected = Expected(selection, predictions, gradient: predictions, valuesPerRow: 3)
    #expect(totals == RowTotals(value: expected.totals.value))
    #expect(nothing == nil)
    #expect(values == nil)
  }
}
