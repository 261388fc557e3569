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

/// A scene whose stage predicts scores and boxes.
struct PredictedScene {
  var levels: [(stride: Double?, boxes: [Box])]
  var objects: [Box]
  var labels: [Int] = []
  var regions: [Box] = []
  var boxes: [Box]
  var scores: [Float]
  var objectness: [Float] = []
  var size = ImageSize(height: 100, width: 100)
  var costs: [WeightedMatchCost] = []

  var priors: [Box] { levels.flatMap(\.boxes) }

  func assign(_ assigner: some Assigner, workers: Workers = Workers(1)) throws -> Assignment {
    try assigner.assign(
      AssignmentRequest(
        priors: try Priors(
          priors, levels: levels.map { Priors.Level(count: $0.boxes.count, stride: $0.stride) }),
        groundTruth: GroundTruth(boxes: objects, labels: labels, ignoredRegions: regions),
        imageSize: size,
        predictions: StagePredictions(scores: scores, objectness: objectness, boxes: boxes),
        costs: costs, wants: [.quality]),
      workers: workers)
  }

  func score(_ prior: Int, _ object: Int) -> Float {
    let classes = scores.count / priors.count
    let label = object < labels.count ? labels[object] : 1
    return classes == 1 ? scores[prior] : scores[prior * classes + label - 1]
  }
}

extension PredictedScene {
  /// A scene of few scores, on boxes of whole pixels that often tie: points of two levels, whose predictions
  /// are objects, parts of them or anything.
  init(_ counts: (Int, Int), seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let size = counts.0 + counts.1
    levels = [(counts.0, Float(4)), (counts.1, Float(8))].map { count, stride in
      (
        Double(stride),
        (0..<count).map {
          square(Float($0 % 6) * stride + 2, Float($0 / 6) * stride + 2, side: stride)
        }
      )
    }
    objects = (0..<Int.random(in: 1...6, using: &random)).map { _ in
      IntegerBox(leastSide: 1, within: 8, using: &random).box
    }
    // Some come twice.
    objects += objects.prefix(Int(seed % 2))
    labels = objects.map { _ in .random(in: 1...3, using: &random) }
    regions = (0..<Int(seed / 2 % 2)).map { _ in
      IntegerBox(leastSide: 1, within: 8, using: &random).box
    }
    boxes = []
    for _ in 0..<size {
      boxes.append(
        Bool.random(using: &random)
          ? objects.randomElement(using: &random) ?? Box(0, 0, 1, 1)
          : IntegerBox(leastSide: 0, within: 8, using: &random).box)
    }
    scores = (0..<3 * size).map { _ in [0, 0.25, 0.5, 0.5, 1].randomElement(using: &random) ?? 0 }
    objectness = (0..<size).map { _ in [0.25, 1].randomElement(using: &random) ?? 0 }
  }
}
