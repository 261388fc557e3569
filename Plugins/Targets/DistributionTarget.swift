import LossCore

/// The matched box as the stage's coder encodes it, each number compared with a distribution over bins.
///
/// Where the coder has `bins`, four distributions are predicted for a prior; their means are the numbers from
/// which a box is decoded, and a loss such as `distribution_focal` pulls each towards its number. A prior costs
/// the mean of its four sides, as in ultralytics, and in GFL of mmdetection, which divides the sum by 4 besides.
public struct DistributionTarget: Target {
  public static let declaration = Declaration(
    name: "distribution",
    summary: "The numbers of the coder, each against a distribution over its bins; positives only.",
    formula: "encode(matched box, prior); the value of a prior is the mean over its 4 numbers",
    source: "Li et al. 2020, arXiv:2006.04388; GFLHead of mmdetection")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var columns: TargetColumns { .distributions }

  public func values(for image: MatchedPriors) throws(InputError) -> TargetValues {
    try encodedBoxes(of: image)
  }
}
