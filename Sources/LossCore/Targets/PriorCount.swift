import ResourceLimits

extension Sequence<FeatureMap> {
  /// The number of priors on these maps.
  ///
  /// Asked before anything is made for each of them, or a map's rows are walked.
  ///
  /// - Parameters:
  ///   - perCell: The priors of a cell, level by level.
  ///   - images: The number of images that have so many each.
  ///   - place: Where an error is.
  /// - Throws: ``InputError`` where a map has a negative side, or the images have more priors together
  ///   than is allowed.
  package func priorCount(
    perCell: [Int], images: Int = 1, at place: String
  ) throws(InputError) -> Int {
    var count = 0
    var rest = Limits.priors
    for (level, (map, perCell)) in zip(self, perCell).enumerated() {
      guard map.height >= 0, map.width >= 0 else {
        throw InputError(
          place, "the feature map of level \(level) is \(map); expected sides of 0 or more")
      }
      // A side of 0 counts as 1: rows without columns are walked, too.
      let sides = [images, map.height, map.width].map { Swift.max(1, $0) }
      guard let priors = product(of: sides + [perCell]), priors <= rest else {
        throw InputError(
          place,
          "feature maps of \(map) cells with \(perCell) priors each"
            + (level > 0 ? " beside those of other levels" : "")
            + (images > 1 ? " in \(images) images" : "")
            + "; expected \(Limits.priors) priors at most, in all images together")
      }
      rest -= priors
      count += map.height * map.width * perCell
    }
    return count
  }
}

extension PriorGenerator {
  /// Makes sure that a cell has no more priors than is allowed; asked before they are made.
  ///
  /// - Parameters:
  ///   - factors: For each level the numbers whose product is that of a cell's priors.
  ///   - parameter: The one that an error names.
  package static func checkPriorsPerCell(
    _ factors: [[Int]], parameter: String
  ) throws(ParameterError) {
    var rest = Limits.cellPriors
    for factors in factors {
      guard let priors = product(of: factors), priors <= rest else {
        throw ParameterError(
          parameter,
          "make more than \(Limits.cellPriors) priors a cell, on all levels together")
      }
      rest -= priors
    }
  }
}
