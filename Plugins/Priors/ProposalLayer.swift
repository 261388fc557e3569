import LossCore

/// Makes proposals from an earlier stage's scored boxes, as the RPN of Faster R-CNN does.
///
/// On each level: the `pre_nms_count` boxes of the highest score, clipped to the image, without
/// those that have a side under `min_size`, thinned by non-maximum suppression. Then the
/// `post_nms_count` of the highest score over all levels. Ties go to the earlier prior.
public struct ProposalLayer: PriorGenerator {
  static let stage = Parameter(
    "stage", .string, default: "rpn", help: "The stage whose predictions are used.")
  static let preCount = Parameter(
    "pre_nms_count", .integer(.atLeast(1)), default: 2000,
    help: "Boxes of a level before suppression.")
  static let iou = Parameter(
    "nms_iou", .number(.between(0, 1)), default: 0.7,
    help: "Overlap above which the worse box goes.")
  static let postCount = Parameter(
    "post_nms_count", .integer(.atLeast(1)), default: 1000, help: "Proposals of an image.")
  static let minimumSide = Parameter(
    "min_size", .number(.atLeast(0)), default: 0.001, help: "Least side of a proposal in pixels.")
  static let appendsGroundTruth = Parameter(
    "append_ground_truth", .boolean, default: true,
    help: "Whether ground-truth boxes join the proposals.")

  public static let declaration = Declaration(
    name: "proposal_layer",
    summary: "Proposals from an earlier stage: clip, drop small, top-k, suppress, top-k.",
    formula: """
      each level: top pre_nms_count by score; clip; drop sides under min_size;
      suppress boxes with IoU > nms_iou to a better one
      all levels: top post_nms_count by score
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; torchvision RegionProposalNetwork",
    parameters: [
      stage, preCount, iou, postCount, minimumSide, PixelConvention.parameter, appendsGroundTruth,
    ])

  private let stage: String
  private let preCount: Int
  private let iou: Float
  private let postCount: Int
  private let minimumSide: Float
  private let convention: PixelConvention
  private let appendsGroundTruth: Bool

  public init(parameters: Parameters) {
    stage = parameters[Self.stage]
    preCount = parameters[Self.preCount]
    iou = Float(parameters[Self.iou])
    postCount = parameters[Self.postCount]
    minimumSide = Float(parameters[Self.minimumSide])
    convention = PixelConvention(parameters)
    appendsGroundTruth = parameters[Self.appendsGroundTruth]
  }

  public var priorsPerCell: [Int]? { nil }
  public var sourceStage: String? { stage }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    guard let scored = request.scoredBoxes else {
      throw InputError("proposals", "stage \"\(stage)\" gave no scored boxes")
    }
    let proposals = propose(scored, imageSize: request.imageSize)
    return Priors(proposals, adding: appendsGroundTruth ? request.groundTruth : nil)
  }

  /// The proposals among scored boxes, best first.
  public func propose(_ scored: ScoredBoxes, imageSize: ImageSize) -> [Box] {
    var kept: [(box: Box, score: Float)] = []
    var start = 0
    for count in scored.levels {
      let best = highest(preCount, of: scored.scores[start..<start + count])
      let candidates = best.compactMap { index -> (box: Box, score: Float)? in
        let box = scored.boxes[index].clipped(to: imageSize, convention)
        guard box.width(convention) >= minimumSide, box.height(convention) >= minimumSide else {
          return nil
        }
        return (box, scored.scores[index])
      }
      let survivors = suppressOverlaps(
        candidates.map(\.box), above: iou, keeping: postCount, convention)
      kept += survivors.map { candidates[$0] }
      start += count
    }
    return highest(postCount, of: kept.map(\.score)[...]).map { kept[$0].box }
  }
}
