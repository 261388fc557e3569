import LossCore

/// The class of what a prior is matched to, in whose column stands how good the match is.
///
/// A row of the background is one of zeros. GFL and VFNet take the IoU of the predicted box; TOOD, RTMDet and
/// YOLOv8 the assignment's quality; YOLOX the assignment's overlap, on positives alone.
public struct ClassQualityTarget: Target {
  /// Where the number comes from.
  enum Measure: String, CaseIterable, Sendable {
    /// The assignment's quality.
    case quality
    /// The assignment's overlap.
    case overlap
    /// The IoU of the predicted box with the ground truth.
    case iou
  }

  static let measure = Parameter(
    "measure", .choice, default: Measure.quality,
    help: "The assignment's quality or overlap, or the IoU of the predicted box.")
  static let rows = Parameter(
    "rows", .choice, default: RowScope.sampled, help: "Which priors have a row.")
  static let least = Parameter(
    "least", .number(.between(0, 1)), default: 0,
    help: "The least number of a positive: VFNet's are 1e-6 at least.")

  public static let declaration = Declaration(
    name: "class_quality",
    summary: "The class of the matched ground truth as a soft number: how good the match is.",
    formula: """
      t_j = max(least, min(q, 1)) in the column of the matched label, else 0
      q: the assignment's quality or overlap, or the IoU of the decoded box, detached
      """,
    source: "Li et al. 2020, arXiv:2006.04388; Zhang et al. 2021, arXiv:2008.13367; "
      + "Feng et al. 2021, arXiv:2108.07755; Ge et al. 2021, arXiv:2107.08430",
    parameters: [measure, rows, least])

  public let scope: RowScope
  private let measure: Measure
  private let least: Float

  public init(parameters: Parameters) {
    measure = parameters[Self.measure]
    scope = parameters[Self.rows]
    least = Float(parameters[Self.least])
  }

  public var columns: TargetColumns { .classes }
  public var hasScores: Bool { true }

  public var reads: Set<StageInput> {
    switch measure {
    case .quality: [.quality]
    case .overlap: [.overlaps]
    case .iou: [.boxes]
    }
  }

  public func values(for image: MatchedPriors) throws(InputError) -> TargetValues {
    let measured: [Float] =
      switch measure {
      case .quality: try assigned(image.assignment.quality, "qualities", of: image)
      case .overlap: try assigned(image.assignment.overlaps, "overlaps", of: image)
      case .iou: try predictedOverlaps(of: image)
      }
    let scores = measured.map { max(least, min($0, 1)) }
    guard scope == .sampled else {
      return .scoredLabels(image.classes.filter { $0 > 0 }, scores)
    }
    var rest = scores[...]
    return .scoredLabels(image.classes, image.classes.map { $0 > 0 ? rest.popFirst() ?? 0 : 0 })
  }
}
