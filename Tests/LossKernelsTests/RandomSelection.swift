import LossKernels
import SeededNumbers

extension RowSelection {
  /// Some of the rows of an array whose rows lie interleaved, in any order, and the array's length.
  ///
  /// Groups of `|stride|` rows begin at neighbouring elements and go on in steps of `stride`, as
  /// the rows of a feature map do; with a negative stride they go backwards.
  static func random(
    using generator: inout SeededGenerator
  ) -> (selection: RowSelection, count: Int) {
    let width = Int.random(in: 1...6, using: &generator)
    let stride = Int.random(in: 1...40, using: &generator)
    let groups = Int.random(in: 1...120, using: &generator)
    let isReversed = Bool.random(using: &generator)
    let group = width * stride
    var starts: [Int] = []
    for row in 0..<groups * stride where Bool.random(using: &generator) {
      let first = row / stride * group + row % stride
      starts.append(isReversed ? first + group - stride : first)
    }
    starts.shuffle(using: &generator)
    return (
      RowSelection(starts: starts, width: width, columnStride: isReversed ? -stride : stride),
      groups * group
    )
  }

  /// The elements of each row.
  var rows: [[Int]] {
    (0..<count).map { row in
      (0..<width).map { column in
        switch starts {
        case .contiguous: row * width + column
        case .at(let starts): starts[row] + column * columnStride
        }
      }
    }
  }
}
