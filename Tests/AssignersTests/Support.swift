import LossKit

extension Assigner {
  /// Assigns boxes on one level.
  func assign(
    _ boxes: [Box], to groundTruth: GroundTruth, imageSize: ImageSize,
    workers: Workers = .standard
  ) throws -> Assignment {
    try assign(
      AssignmentRequest(priors: Priors(boxes), groundTruth: groundTruth, imageSize: imageSize),
      workers: workers)
  }
}
