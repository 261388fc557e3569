import LossCore

/// What the assignment says of each positive: its quality, or its overlap.
///
/// - Parameter name: What the numbers are called where there aren't as many as priors.
func assigned(
  _ numbers: [Float], _ name: String, of image: MatchedPriors
) throws(InputError) -> [Float] {
  guard numbers.count == image.priors.count else {
    throw InputError(
      "assignment", "has \(numbers.count) \(name) for \(image.priors.count) priors")
  }
  return image.positives.map { numbers[$0] }
}

/// Weighs a positive by how well it suits its ground truth, by its assigner's measure.
public struct QualityWeight: RowWeight {
  public static let declaration = Declaration(
    name: "quality",
    summary: "The quality that the assigner gives a match; positives only.",
    formula: "the assignment's quality",
    source: "Feng et al. 2021, arXiv:2108.07755; TOODHead of mmdetection")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .positives }
  public var reads: Set<StageInput> { [.quality] }

  public func weights(for image: MatchedPriors) throws(InputError) -> [Float] {
    try assigned(image.assignment.quality, "qualities", of: image)
  }
}
