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
    let totals = forEachBlock(
      of: selection, in: [Float](repeating: 2, count: count), addingGradientTo: &gradient,
      on: Workers(1)
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

  @Test(arguments: [(9, 5), (11, 5), (10, 4), (10, 6), (0, 5), (10, 0)])
  func refusesResultsOfAnotherLength(gradientCount: Int, markCount: Int) {
    var gradient: [Double]? = [Double](repeating: 0, count: gradientCount)
    let totals = forEachBlock(
      of: RowSelection(rows: 5, width: 2), in: [Double](repeating: 2, count: 10),
      addingGradientTo: &gradient, marked: [Bool](repeating: true, count: markCount),
      on: Workers(1)
    ) { _, _, _, _ in 1 }
    #expect(totals == nil)
  }
}
