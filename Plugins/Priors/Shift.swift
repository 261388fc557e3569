import LossCore

extension PriorGenerator {
  /// Makes sure that the boxes of a cell have areas that single precision holds.
  ///
  /// - Parameter parameter: The one that an error names.
  static func checkSides(
    _ cells: [[Box]], _ convention: PixelConvention = .continuous, parameter: String
  ) throws(ParameterError) {
    guard let box = cells.joined().first(where: { !$0.isFinite || $0.area(convention) <= 0 })
    else { return }
    throw ParameterError(
      parameter, "make the anchor \(box.coordinates); expected finite sides that don't round to 0")
  }
}

/// The boxes of one cell, level by level, repeated over each cell of that level's feature map.
///
/// - Parameter size: Priors of cells that begin at its sides or beyond are ignored; `nil` if none is.
/// - Throws: ``InputError`` where there are not as many feature maps as levels, one has a negative side,
///   they have too many priors, or single precision can't hold those.
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
    let farthest = Float(Double(max(map.height, map.width)) * strides[level])
    guard farthest.isFinite, cell.allSatisfy(\.isFinite) else {
      throw InputError(
        "priors", "of level \(level) have coordinates that single precision can't hold")
    }
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
