import LossCore
import PluginABI

extension AssignmentRequest {
  /// What C says of an image.
  init(
    _ image: losskit_image, costs: [WeightedMatchCost] = [], wants: Set<StageInput> = []
  ) throws(InputError) {
    let truth = image.ground_truth
    self.init(
      priors: try Priors(image.priors),
      groundTruth: GroundTruth(
        boxes: boxes(truth.boxes, truth.count),
        labels: array(truth.labels, truth.count).map { Int($0) },
        ignoredRegions: boxes(truth.ignored_regions, truth.ignored_region_count)),
      imageSize: ImageSize(height: image.height, width: image.width), step: Int(image.step),
      predictions: StagePredictions(
        image.scores, classes: image.class_count, image.predicted_boxes,
        priors: image.priors.count),
      costs: costs, wants: wants)
  }
}

extension StagePredictions {
  /// The predictions that C passes.
  init(
    _ scores: UnsafePointer<Float>?, classes: Int, _ boxes: UnsafePointer<losskit_box>?,
    priors: Int
  ) {
    self.init(
      scores: array(scores, priors * classes), boxes: LossKitPlugin.boxes(boxes, priors))
  }
}

extension Priors {
  /// The priors that C passes.
  init(_ priors: losskit_priors) throws(InputError) {
    try self.init(
      LossKitPlugin.boxes(priors.boxes, priors.count),
      levels: array(priors.levels, priors.level_count).map {
        Level(count: $0.count, stride: $0.stride == 0 ? nil : $0.stride)
      })
  }
}

/// The elements that C passes; none for NULL.
func array<Element>(_ start: UnsafePointer<Element>?, _ count: Int) -> [Element] {
  Array(UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
}

/// The boxes that C passes; none for NULL.
func boxes(_ start: UnsafePointer<losskit_box>?, _ count: Int) -> [Box] {
  array(start, count).map { Box($0.x1, $0.y1, $0.x2, $0.y2) }
}

extension Set<StageInput> {
  /// The inputs as a table says them.
  var flags: UInt32 { reduce(0) { $0 | $1.flag } }
}

extension StageInput {
  fileprivate var flag: UInt32 {
    switch self {
    case .strides: LOSSKIT_STRIDES
    case .scores: LOSSKIT_SCORES
    case .objectness: 0
    case .boxes: LOSSKIT_BOXES
    case .costs: LOSSKIT_COSTS
    case .overlaps: LOSSKIT_OVERLAPS
    case .quality: LOSSKIT_QUALITY
    case .rowLosses: LOSSKIT_ROW_LOSSES
    }
  }
}
