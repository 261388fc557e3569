import LossCore

/// The class of what a prior is matched to.
public struct ClassTarget: Target {
  public static let declaration = Declaration(
    name: "class",
    summary: "The class of the matched ground truth.",
    formula: "the label of the matched ground truth, 0 for sampled background",
    source: "Girshick 2015, arXiv:1504.08083")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .sampled }
  public var columns: TargetColumns { .classes }

  public func values(for image: MatchedPriors) -> TargetValues { .labels(image.classes) }
}
