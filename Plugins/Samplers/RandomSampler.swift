import LossCore

/// Draws `count` priors at random, of which a share at most is positive.
///
/// Of the positives, ⌊count · positive_fraction⌋ are drawn, or all where there are fewer; background
/// fills up to `count`. Each set of as many candidates is as likely as any other. The random numbers are
/// functions of (seed, stage, image, step): the same seed draws the same of the same candidates on every
/// machine.
public struct RandomSampler: Sampler {
  static let count = Parameter(
    "count", .integer(.atLeast(1)), default: 256, help: "Priors drawn from an image.")
  static let positiveFraction = Parameter(
    "positive_fraction", .number(.between(0, 1)), default: 0.5, help: "Largest share of positives.")
  static let seed = Parameter(
    "seed", .integer(.atLeast(0)), default: 0, help: "Chooses the random numbers.")

  public static let declaration = Declaration(
    name: "random",
    summary: "A random draw with a share of positives at most.",
    formula: """
      positives: min(floor(count positive_fraction), available)
      negatives: min(count - positives, available)
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; BalancedPositiveNegativeSampler of torchvision",
    parameters: [count, positiveFraction, seed])

  private let count: Int
  private let positiveFraction: Double
  private let seed: UInt64

  public init(parameters: Parameters) {
    count = parameters[Self.count]
    positiveFraction = parameters[Self.positiveFraction]
    seed = UInt64(clamping: parameters[Self.seed])
  }

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let all = Sample(everyPriorOf: assignment)
    let random = RandomStream(
      seed: seed, name: request.stage, image: request.image, step: request.step)
    let limit = all.positiveCount(count: count, fraction: positiveFraction)
    let positives = random.draw(limit, of: all.positives, from: 0)
    let negatives = random.draw(
      min(count - positives.count, all.negatives.count), of: all.negatives, from: positives.count)
    return Sample(positives: positives, negatives: negatives)
  }
}
