import LossCore

/// The boxes of one cell, level by level, repeated over each cell of that level's feature map.
///
/// - Throws: ``InputError`` where there are not as many feature maps as levels, or one has a negative
///   side.
func shift(
  _ cells: [[Box]], strides: [Double], offset: Double, over maps: [FeatureMap]
) throws(InputError) -> [Box] {
  guard maps.count == strides.count else {
    throw InputError(
      "priors",
      "\(strides.count) strides for \(maps.count) feature maps; expected one stride a level")
  }
  if let level = maps.firstIndex(where: { $0.height < 0 || $0.width < 0 }) {
    throw InputError(
      "priors", "the feature map of level \(level) is \(maps[level]); expected sides of 0 or more")
  }
  var priors: [Box] = []
  priors.reserveCapacity(zip(maps, cells).reduce(0) { $0 + $1.0.height * $1.0.width * $1.1.count })
  for (level, map) in maps.enumerated() {
    for row in 0..<map.height {
      let y = Float((Double(row) + offset) * strides[level])
      for column in 0..<map.width {
        let x = Float((Double(column) + offset) * strides[level])
        for box in cells[level] {
          priors.append(Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y))
        }
      }
    }
  }
  return priors
}
