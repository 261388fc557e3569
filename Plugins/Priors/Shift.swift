import LossCore

/// The boxes of one cell, level by level, repeated over each cell of that level's feature map.
///
/// - Parameter size: Priors of cells that begin at its sides or beyond are ignored; `nil` if none is.
/// - Throws: ``InputError`` where there are not as many feature maps as levels, one has a negative side,
///   or they have too many priors.
func shift(
  _ cells: [[Box]], strides: [Double], offset: Double, over maps: [FeatureMap],
  within size: ImageSize? = nil
) throws(InputError) -> Priors {
  guard maps.count == strides.count else {
    throw InputError(
      "priors",
      "\(strides.count) strides for \(maps.count) feature maps; expected one stride a level")
  }
  var priors: [Box] = []
  var visible: [Int] = []
  priors.reserveCapacity(try maps.priorCount(perCell: cells.map(\.count), at: "priors"))
  for (level, map) in maps.enumerated() {
    let cell = cells[level]
    for row in 0..<map.height {
      let y = Float((Double(row) + offset) * strides[level])
      for column in 0..<map.width {
        let x = Float((Double(column) + offset) * strides[level])
        if let size, Double(row) * strides[level] < Double(size.height),
          Double(column) * strides[level] < Double(size.width)
        {
          visible += priors.count..<priors.count + cell.count
        }
        for box in cell {
          priors.append(Box(box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y))
        }
      }
    }
  }
  return try Priors(
    priors,
    levels: maps.indices.map { level in
      Priors.Level(
        count: maps[level].height * maps[level].width * cells[level].count, stride: strides[level])
    }, visible: size == nil ? nil : visible)
}
