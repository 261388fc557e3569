import LossKernels
import Testing

@Suite struct MisfitTests {
  @Test(arguments: [
    (RowSelection(rows: 5, width: 2), 9),
    (RowSelection(rows: 1, width: 1), 0),
    (RowSelection(starts: [0, 10], width: 1, columnStride: 1), 10),
    (RowSelection(starts: [-1], width: 1, columnStride: 1), 10),
    (RowSelection(starts: [0, 4], width: 3, columnStride: 3), 10),
    (RowSelection(starts: [5], width: 3, columnStride: -3), 10),
    (RowSelection(starts: [10], width: 3, columnStride: -3), 10),
    (RowSelection(rows: .max, width: 2), 10),
    (RowSelection(rows: -5000, width: 2), 10),
    (RowSelection(rows: 1, width: -2), 10),
    (RowSelection(starts: [.max], width: 2, columnStride: 1), 10),
    (RowSelection(starts: [0], width: .max, columnStride: 2), 10),
    (RowSelection(starts: [5], width: 2, columnStride: .min), 10),
  ])
  func refusesRowsThatReachPastTheEnd(selection: RowSelection, count: Int) {
    #expect(!selection.fits(count: count))
    var gradient: [Float]? = [Float](repeating: 1, count: count)
    var values: [Float]?
    let totals = scoreRows(
      selection, of: [Float](repeating: 2, count: count), addingGradientTo: &gradient,
      writingValuesTo: &values, valuesPerRow: 1, on: Workers(1)
    ) { _, _, _, _ in 1 }
    #expect(totals == nil)
    #expect(gradient == [Float](repeating: 1, count: count))
  }

  @Test(arguments: [
    (RowSelection(rows: 5, width: 2), 10),
    (RowSelection(rows: 0, width: 2), 0),
    (RowSelection(rows: 4, width: 0), 0),
    (RowSelection(starts: [], width: 3, columnStride: 7), 0),
    (RowSelection(starts: [3, 0], width: 3, columnStride: 3), 10),
    (RowSelection(starts: [9, 6], width: 3, columnStride: -3), 10),
    (RowSelection(starts: [9], width: 1, columnStride: 100), 10),
    (RowSelection(starts: [4], width: 5, columnStride: 0), 5),
  ])
  func acceptsRowsThatEndWithTheStorage(selection: RowSelection, count: Int) {
    #expect(selection.fits(count: count))
  }

  @Test(arguments: [(9, 10), (11, 10), (10, 9), (10, 11), (0, 10), (10, 0)])
  func refusesResultsOfAnotherLength(gradientCount: Int, valueCount: Int) {
    var gradient: [Double]? = [Double](repeating: 0, count: gradientCount)
    var values: [Double]? = [Double](repeating: 0, count: valueCount)
    let totals = scoreRows(
      RowSelection(rows: 5, width: 2), of: [Double](repeating: 2, count: 10),
      addingGradientTo: &gradient, writingValuesTo: &values, valuesPerRow: 2, on: Workers(1)
    ) { _, _, _, _ in 1 }
    #expect(totals == nil)
  }
}
