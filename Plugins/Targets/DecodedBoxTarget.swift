import LossCore

/// The matched box itself, with which a loss compares the box that predictions decode to.
public struct DecodedBoxTarget: Target {
  public static let declaration = Declaration(
    name: "decoded_box",
    summary: "The matched box itself, for a loss on boxes; positives only.",
    formula: "the matched box; predictions are decoded by the stage's coder before the loss",
    source: "Rezatofighi et al. 2019, arXiv:1902.09630")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var columns: TargetColumns { .decodedBox }

  public func values(for image: MatchedPriors) -> TargetValues { .numbers(image.boxes.rows()) }
}
