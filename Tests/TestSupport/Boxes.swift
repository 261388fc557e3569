import LossKit

extension TensorSource {
  /// The boxes in the rows of a tensor; a row of 4 k numbers holds k boxes.
  public func boxes(named name: String) throws -> [Box] {
    let elements = try floats(named: name).elements
    return stride(from: 0, to: elements.count, by: 4).map {
      Box(elements[$0], elements[$0 + 1], elements[$0 + 2], elements[$0 + 3])
    }
  }
}

extension SeededGenerator {
  /// Boxes whose upper left corner lies in a square of `limit` pixels.
  public mutating func boxes(
    _ count: Int, within limit: Float, sides: ClosedRange<Float>
  ) -> [Box] {
    (0..<count).map { _ in
      let corner = floats(2, in: 0...limit)
      let size = floats(2, in: sides)
      return Box(corner[0], corner[1], corner[0] + size[0], corner[1] + size[1])
    }
  }
}

/// The largest difference between coordinates of boxes at the same place of two lists; infinite where
/// one list is longer.
public func largestDifference(_ boxes: [Box], _ others: [Box]) -> Float {
  guard boxes.count == others.count else { return .infinity }
  return zip(boxes.flatMap(\.coordinates), others.flatMap(\.coordinates))
    .map { abs($0 - $1) }.max() ?? 0
}
