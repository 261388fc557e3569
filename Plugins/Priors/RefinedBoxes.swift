import LossCore

/// The boxes that an earlier stage predicts for its priors: the next priors of a cascade.
///
/// In training these are its sampled priors, without the ground truths that had been added to them; in detection
/// all of its priors. Decoded boxes are clipped to the image, and the ground truths join them.
public struct RefinedBoxes: PriorGenerator {
  static let stage = Parameter(
    "stage", .string, default: "rcnn", help: "The stage whose predicted boxes are taken.")
  static let clips = Parameter(
    "clip", .boolean, default: true, help: "Whether boxes are clipped to the image.")
  static let appendsGroundTruth = Parameter(
    "append_ground_truth", .boolean, default: true, help: "Whether ground-truth boxes join them.")

  public static let declaration = Declaration(
    name: "refined_boxes",
    summary: "What an earlier stage predicts for its sampled priors, as in a cascade.",
    formula: """
      the decoded, clipped boxes of the sampled priors that aren't added ground truths;
      then the ground truths if append_ground_truth is true
      """,
    source: "Cai and Vasconcelos 2018, arXiv:1712.00726; BBoxHead.refine_bboxes of mmdetection",
    parameters: [stage, clips, appendsGroundTruth])

  private let stage: String
  private let clips: Bool
  private let appendsGroundTruth: Bool

  public init(parameters: Parameters) {
    stage = parameters[Self.stage]
    clips = parameters[Self.clips]
    appendsGroundTruth = parameters[Self.appendsGroundTruth]
  }

  public var priorsPerCell: [Int]? { nil }
  public var sourceStage: String? { stage }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    guard let scored = request.scoredBoxes else {
      throw InputError("refined boxes", "stage \"\(stage)\" gave no boxes")
    }
    let taken = scored.sampled.map { $0.map { scored.boxes[$0] } } ?? scored.boxes
    let refined = clips ? taken.map { $0.clipped(to: request.imageSize) } : taken
    return Priors(refined, adding: appendsGroundTruth ? request.groundTruth : nil)
  }
}
