import LossKit

extension PriorGenerator {
  /// The priors on feature maps given as [height, width], level by level.
  func priors(on maps: [[Int]]) throws -> [Box] {
    try priors(
      for: PriorRequest(
        imageSize: ImageSize(height: 1, width: 1),
        featureMaps: maps.map { FeatureMap(height: $0[0], width: $0[1]) },
        groundTruth: GroundTruth(boxes: [], labels: []))
    ).boxes
  }
}
