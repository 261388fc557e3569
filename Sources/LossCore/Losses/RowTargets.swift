import LossKernels

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
func blockClasses(_ classes: Span<Int>, ignored: Int?, highest: Int) -> [Int32]? {
  // Most blocks have classes alone, which a few operations on vectors show.
  let leavesOutClass = ignored.map { 0 <= $0 && $0 <= highest } ?? false
  if !leavesOutClass, let result = narrowed(classes, highest: highest) { return result }
  var result: [Int32] = []
  result.reserveCapacity(classes.count)
  for index in classes.indices {
    let target = classes[index]
    if target == ignored {
      result.append(-1)
    } else if let narrow = Int32(exactly: target), narrow >= 0, target <= highest {
      result.append(narrow)
    } else {
      return nil
    }
  }
  return result
}
