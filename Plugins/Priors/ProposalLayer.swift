import LossCore

/// Makes proposals from an earlier stage's scored boxes, as the RPN of Faster R-CNN does.
///
/// On each level: the `pre_nms_count` boxes of the highest score, clipped to the image, without
/// those that have a side under `min_size`, thinned by non-maximum suppression. Then the
/// `post_nms_count` of the highest score over all levels. Ties go to the earlier prior.
public struct ProposalLayer: PriorGenerator {
  /// Name, rule and parameters.
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
      Parameter("stage", .string, default: "rpn", "The stage whose predictions are used."),
      .integer("pre_nms_count", default: 2000, .atLeast(1), "Boxes of a level before suppression."),
      .number("nms_iou", default: 0.7, .between(0, 1), "Overlap above which the worse box goes."),
      .integer("post_nms_count", default: 1000, .atLeast(1), "Proposals of an image."),
      .number("min_size", default: 0.001, .atLeast(0), "Least side of a proposal in pixels."),
      .boolean(
        "legacy_plus_one", default: false, "Whether sides count pixels: x2 - x1 + 1."),
      .boolean(
        "append_ground_truth", default: true, "Whether ground-truth boxes join the proposals."),
    ])

  private let stage: String
  private let preCount: Int
  private let iou: Float
  private let postCount: Int
  private let minimumSide: Float
  private let convention: PixelConvention
  private let appendsGroundTruth: Bool

  /// Makes the layer from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    stage = try parameters.string("stage")
    preCount = try parameters.integer("pre_nms_count")
    iou = Float(try parameters.number("nms_iou"))
    postCount = try parameters.integer("post_nms_count")
    minimumSide = Float(try parameters.number("min_size"))
    convention = try parameters.boolean("legacy_plus_one") ? .inclusive : .continuous
    appendsGroundTruth = try parameters.boolean("append_ground_truth")
  }

  /// The priors don't lie on feature maps.
  public var priorsPerCell: [Int]? { nil }
  /// The value of `stage`.
  public var sourceStage: String? { stage }

  /// The proposals of one image.
  public func priors(for request: PriorRequest) throws(InputError) -> [Box] {
    guard let scored = request.scoredBoxes else {
      throw InputError("proposals", "stage \"\(stage)\" gave no scored boxes")
    }
    let proposals = propose(scored, imageSize: request.imageSize)
    return appendsGroundTruth ? proposals + request.groundTruth.boxes : proposals
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
