import LossCore

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
    let quality = image.assignment.quality
    guard quality.count == image.priors.count else {
      throw InputError(
        "assignment", "has \(quality.count) qualities for \(image.priors.count) priors")
    }
    return image.positives.map { quality[$0] }
  }
}
