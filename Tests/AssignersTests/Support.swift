import LossKit
import TestSupport

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

  /// Assigns boxes on levels, which tell their strides, to objects among ignored regions.
  func matches(
    _ levels: [(stride: Double?, boxes: [Box])], _ objects: [Box], regions: [Box] = [],
    workers: Workers = .standard
  ) throws -> [Int32] {
    let priors = try Priors(
      levels.flatMap(\.boxes),
      levels: levels.map { Priors.Level(count: $0.boxes.count, stride: $0.stride) })
    return try assign(
      AssignmentRequest(
        priors: priors,
        groundTruth: GroundTruth(boxes: objects, labels: [], ignoredRegions: regions),
        imageSize: ImageSize(height: 100, width: 100)),
      workers: workers
    ).matches
  }
}

/// The square of a point: `side` wide and high around (x, y).
func square(_ x: Float, _ y: Float, side: Float) -> Box {
  Box(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
}

extension Box {
  /// The box in numbers of twice the digits.
  var doubles: (x1: Double, y1: Double, x2: Double, y2: Double) {
    (Double(x1), Double(y1), Double(x2), Double(y2))
  }

  /// The centre in numbers of twice the digits.
  var center: (x: Double, y: Double) {
    ((doubles.x1 + doubles.x2) / 2, (doubles.y1 + doubles.y2) / 2)
  }

  /// The area that two boxes share, in numbers of twice the digits.
  func shared(_ other: Box) -> Double {
    max(0, min(doubles.x2, other.doubles.x2) - max(doubles.x1, other.doubles.x1))
      * max(0, min(doubles.y2, other.doubles.y2) - max(doubles.y1, other.doubles.y1))
  }

  /// The area, in numbers of twice the digits.
  var exactArea: Double { (doubles.x2 - doubles.x1) * (doubles.y2 - doubles.y1) }

  /// Whether a region covers half of the box or more.
  func isIgnored(in regions: [Box]) -> Bool {
    regions.contains { region in
      let shared = shared(region)
      return shared > 0 && shared >= 0.5 * exactArea
    }
  }
}
