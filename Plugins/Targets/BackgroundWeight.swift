import LossCore

/// Weighs background less than positives, or more.
public struct BackgroundWeight: RowWeight {
  static let weight = Parameter(
    "weight", .number(.atLeast(0)), default: 0.1, help: "What a row of background counts.")

  public static let declaration = Declaration(
    name: "background",
    summary: "1 for positives, and one number for all background.",
    formula: "1 for a sampled positive, weight for sampled background",
    source: "Carion et al. 2020, arXiv:2005.12872: the class \"no object\"",
    parameters: [weight])

  private let weight: Float

  public init(parameters: Parameters) { weight = Float(parameters[Self.weight]) }

  public var scope: RowScope { .sampled }

  public func weights(for image: MatchedPriors) -> [Float] {
    image.classes.map { $0 > 0 ? 1 : weight }
  }
}
