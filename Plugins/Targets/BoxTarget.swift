import LossCore

/// The numbers of the positives' encoded boxes, `[positives, 4]`.
func encodedBoxes(of image: MatchedPriors) -> [Float] {
  image.boxTargets.flatMap { [$0.x, $0.y, $0.z, $0.w] }
}

/// The matched box, as the stage's coder encodes it.
public struct BoxTarget: Target {
  public static let declaration = Declaration(
    name: "box",
    summary: "The matched box as the coder encodes it; positives only.",
    formula: "encode(matched box, prior)",
    source: "Girshick 2015, arXiv:1504.08083")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var columns: TargetColumns { .deltas }

  public func values(for image: MatchedPriors) -> TargetValues { .numbers(encodedBoxes(of: image)) }
}
