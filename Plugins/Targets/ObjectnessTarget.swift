import LossCore

/// Whether a prior holds an object.
public struct ObjectnessTarget: Target {
  public static let declaration = Declaration(
    name: "objectness",
    summary: "Whether a sampled prior holds an object.",
    formula: "1 for a sampled positive, 0 for sampled background",
    source: "Ren et al. 2015, arXiv:1506.01497")

  public init(parameters: Parameters) {}

  public var scope: RowScope { .sampled }
  public var columns: TargetColumns { .objectness }

  public func values(for image: MatchedPriors) -> TargetValues {
    .labels(image.classes.map { min($0, 1) })
  }
}
