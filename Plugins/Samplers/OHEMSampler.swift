import LossCore

/// The priors with the largest losses, of which a share at most is positive: online hard example mining.
///
/// Of the positives, ⌊count · positive_fraction⌋, or all where there are fewer; background fills up to
/// `count`. In a tie of losses the first ones.
public struct OHEMSampler: Sampler {
  static let count = Parameter(
    "count", .integer(.atLeast(1)), default: 512, help: "Priors taken from an image.")
  static let positiveFraction = Parameter(
    "positive_fraction", .number(.between(0, 1)), default: 0.25, help: "Largest share of positives."
  )

  public static let declaration = Declaration(
    name: "ohem",
    summary: "The priors with the largest losses, a share of positives at most.",
    formula: """
      positives: the min(floor(count positive_fraction), available) with the largest losses
      negatives: the count - positives with the largest losses
      """,
    source: "Shrivastava et al. 2016, arXiv:1604.03540; OHEMSampler of mmdetection",
    parameters: [count, positiveFraction])

  private let count: Int
  private let positiveFraction: Double

  public init(parameters: Parameters) {
    count = parameters[Self.count]
    positiveFraction = parameters[Self.positiveFraction]
  }

  public var reads: Set<StageInput> { [.rowLosses] }

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let all = Sample(everyPriorOf: assignment)
    let limit = all.positiveCount(count: count, fraction: positiveFraction)
    let positives = try request.hardest(limit, of: all.positives)
    let negatives = try request.hardest(count - positives.count, of: all.negatives)
    return Sample(positives: positives, negatives: negatives)
  }
}
