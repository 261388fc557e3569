import LossCore

/// As many priors as a decoder has queries, each of them the whole image.
///
/// A query has no box of its own; relative to the image, what it predicts is in shares of the image's sides
/// (``NormalizedBoxCoder``).
public struct Queries: PriorGenerator {
  static let count = Parameter(
    "count", .integer(.between(1, 10_000)), default: 100, help: "Queries of an image.")

  public static let declaration = Declaration(
    name: "queries",
    summary: "A prior for each query: the whole image.",
    formula: "count times the box (0, 0, width, height)",
    source: "Carion et al. 2020, arXiv:2005.12872",
    parameters: [count])

  private let count: Int

  public init(parameters: Parameters) { count = parameters[Self.count] }

  public var priorsPerCell: [Int]? { nil }

  public func priors(for request: PriorRequest) -> Priors {
    let size = request.imageSize
    return Priors(
      Array(repeating: Box(0, 0, Float(size.width), Float(size.height)), count: count))
  }
}
