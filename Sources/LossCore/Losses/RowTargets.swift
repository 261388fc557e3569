import LossKernels

/// What the rows of a prediction are compared with.
public enum RowTargets<Scalar: LossScalar>: Sendable {
  /// A class index a row; a row whose class is `ignored` is left out.
  case classes([Int], ignored: Int?)
  /// For each row the column, counted from 1, that holds its number; the other columns hold 0, as does a row
  /// of class 0.
  case scoredClasses([Int], [Scalar])
  /// `[rows, width]` numbers in row-major order.
  case dense([Scalar])
}

/// How much the rows of a prediction, or their elements, count.
public enum RowWeights<Scalar: LossScalar>: Sendable {
  /// Everything counts 1.
  case ones
  /// One weight a row.
  case rows([Scalar])
  /// One weight an element, `[rows, width]` in row-major order.
  case elements([Scalar])
}

/// The class indices of a block of rows as kernels take them.
struct BlockClasses {
  /// A class a row; 0 if the row is left out.
  let classes: [Int32]
  /// The rows that are left out; `nil` if none is.
  let ignored: [Bool]?

  /// - Returns: `nil` if a class is neither `ignored` nor from 0 to `highest`.
  init?(_ classes: Span<Int>, ignored: Int?, highest: Int) {
    // Most blocks have classes alone, which a few operations on vectors show.
    let leavesOutClass = ignored.map { 0 <= $0 && $0 <= highest } ?? false
    if !leavesOutClass, let result = narrowed(classes, highest: highest) {
      self.classes = result
      self.ignored = nil
      return
    }
    var narrow: [Int32] = []
    narrow.reserveCapacity(classes.count)
    for index in classes.indices {
      let target = classes[index]
      guard target == ignored || (0 <= target && target <= highest),
        let class32 = target == ignored ? 0 : Int32(exactly: target)
      else { return nil }
      narrow.append(class32)
    }
    self.classes = narrow
    self.ignored = classes.indices.map { classes[$0] == ignored }
  }
}
