import LossCore

/// The IoU of each positive's predicted box with its ground truth; 0 for an inverted box.
func predictedOverlaps(of image: MatchedPriors) throws(InputError) -> [Float] {
  guard image.predictions.boxes.count == image.priors.count else {
    throw InputError(
      "predicted boxes",
      "there are \(image.predictions.boxes.count) for \(image.priors.count) priors")
  }
  return zip(image.positives, image.boxes).map { prior, box in
    let predicted = image.predictions.boxes[prior]
    let overlap = predicted.iou(box)
    return predicted.width() > 0 && predicted.height() > 0 && overlap.isFinite ? overlap : 0
  }
}

/// How well the predicted box of a positive overlaps its ground truth.
public struct PredictedOverlapTarget: Target {
  public static let declaration = Declaration(
    name: "iou",
    summary: "The IoU of the predicted box with the ground truth; positives only.",
    formula: "IoU of the stage's decoded box with the matched ground truth, detached",
    source: "Jiang et al. 2018, arXiv:1807.11590; Wu et al. 2020, arXiv:1912.05992")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var reads: Set<StageInput> { [.boxes] }
  public var columns: TargetColumns { .quality }

  public func values(for image: MatchedPriors) throws(InputError) -> TargetValues {
    .numbers(try predictedOverlaps(of: image))
  }
}

/// Weighs a positive by how well its predicted box overlaps its ground truth.
public struct PredictedOverlapWeight: RowWeight {
  static let least = Parameter(
    "least", .number(.between(0, 1)), default: 0,
    help: "The least weight: VFNet's are 1e-6 at least.")

  public static let declaration = Declaration(
    name: "iou",
    summary: "The IoU of the predicted box with the ground truth; positives only.",
    formula: "max(least, IoU of the stage's decoded box with the matched ground truth), detached",
    source: "Zhang et al. 2021, arXiv:2008.13367; VFNetHead of mmdetection",
    parameters: [least])

  private let least: Float

  public init(parameters: Parameters) { least = Float(parameters[Self.least]) }

  public var scope: RowScope { .positives }
  public var reads: Set<StageInput> { [.boxes] }

  public func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    try predictedOverlaps(of: image).map { max(least, $0) }
  }
}
