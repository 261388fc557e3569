import LossCore

/// The numbers of the positives' encoded boxes, `[positives, 4]`.
///
/// - Throws: ``InputError`` where one isn't finite.
func encodedBoxes(of image: MatchedPriors) throws(InputError) -> TargetValues {
  for (target, prior) in zip(image.boxTargets, image.positives) {
    guard target.indices.contains(where: { !target[$0].isFinite }) else { continue }
    let box = image.priors.boxes[prior]
    throw InputError(
      "prior \(prior)",
      "the box target from \(box.coordinates) is not finite; "
        + (box.width() > 0 && box.height() > 0
          ? "the coder can't encode a box relative to it in single precision"
          : "drop proposals without area"))
  }
  return .numbers(image.boxTargets.flatMap { [$0.x, $0.y, $0.z, $0.w] })
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

  public func values(for image: MatchedPriors) throws(InputError) -> TargetValues {
    try encodedBoxes(of: image)
  }
}
