/// What the rows of a prediction are scored against.
public enum RowTargets<Scalar: LossScalar>: Sendable {
  /// A class index a row; a row whose class is `ignored` is left out.
  case classes([Int], ignored: Int?)
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

/// The class indices of a block of rows as kernels take them, −1 where a row is left out.
///
/// - Returns: Nothing where a class is neither `ignored` nor from 0 to `highest`.
func blockClasses(_ classes: ArraySlice<Int>, ignored: Int?, highest: Int) -> [Int32]? {
  // Most blocks have classes alone, which a few operations on vectors show.
  var bits = 0
  var largest: Int32 = -1
  var result = classes.map { target in
    let narrow = Int32(truncatingIfNeeded: target)
    bits |= target
    largest = max(largest, narrow)
    return narrow
  }
  let areNarrow = 0...Int(Int32.max) ~= bits
  if areNarrow, Int(largest) <= highest, !(ignored.map { $0 >= 0 && $0 <= highest } ?? false) {
    return result
  }
  for (row, target) in zip(result.indices, classes) {
    if target == ignored {
      result[row] = -1
    } else if target < 0 || target > highest || target > Int(Int32.max) {
      return nil
    }
  }
  return result
}
