import LossCore

/// Draws `count` priors at random, of which a share at most is positive.
///
/// Of the positives, ⌊count · positive_fraction⌋ are drawn, or all where there are fewer; background
/// fills up to `count`. Each set of as many candidates is as likely as any other. The random numbers are
/// functions of (seed, stage, image, step): the same seed draws the same of the same candidates on every
/// machine.
///
/// With `balance_objects`, where there are more positives than are drawn: of each of n ground truths
/// round(positives / n) + 1 are drawn, halves to even, or all where it has fewer; what is too many then goes at
/// random, what is missing comes from the rest.
public struct RandomSampler: Sampler {
  public static let declaration = Declaration(
    name: "random",
    summary: "A random draw with a share of positives at most.",
    formula: """
      positives: min(floor(count positive_fraction), available)
      negatives: min(count - positives, available, floor(negatives_per_positive max(positives, 1)))
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; BalancedPositiveNegativeSampler of torchvision; "
      + "InstanceBalancedPosSampler of mmdetection (balance_objects)",
    parameters: [
      RandomDraw.count, RandomDraw.positiveFraction, RandomDraw.seed, RandomDraw.balancesObjects,
      RandomDraw.negativesPerPositive,
    ])

  private let draw: RandomDraw

  public init(parameters: Parameters) { draw = RandomDraw(parameters) }

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let all = Sample(everyPriorOf: assignment)
    let random = draw.stream(request)
    let (positives, used) = draw.positives(of: all, assignment, random)
    let negatives = random.draw(
      draw.negativeCount(beside: positives.count, of: all.negatives.count), of: all.negatives,
      from: used)
    return Sample(positives: positives, negatives: negatives)
  }
}
