import LossCore

/// Draws `count` priors at random, of which a share at most is positive.
///
/// Of the positives, ⌊count · positive_fraction⌋ are drawn, or all where there are fewer; background
/// fills up to `count`. Each candidate gets a random number that is a function of (seed, stage, image,
/// draw, prior), and those with the smallest are drawn: the same seed draws the same priors on every
/// machine.
public struct RandomSampler: Sampler {
  /// Name, rule and parameters.
  public static let declaration = Declaration(
    name: "random",
    summary: "A random draw with a share of positives at most.",
    formula: """
      positives: min(floor(count positive_fraction), available)
      negatives: min(count - positives, available)
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; BalancedPositiveNegativeSampler of torchvision",
    parameters: [
      .integer("count", default: 256, .atLeast(1), "Priors drawn from an image."),
      .number(
        "positive_fraction", default: 0.5, .between(0, 1), "Largest share of positives."),
      .integer("seed", default: 0, .atLeast(0), "Chooses the random numbers."),
    ])

  private let count: Int
  private let positiveFraction: Double
  private let seed: UInt64

  /// Makes the sampler from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    count = try parameters.integer("count")
    positiveFraction = try parameters.number("positive_fraction")
    seed = UInt64(clamping: try parameters.integer("seed"))
  }

  /// Samples the priors of one image.
  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let all = Sample(everyPriorOf: assignment)
    let random = RandomStream(
      seed: seed, name: request.stage, image: request.image, draw: request.draw)
    // Compared as a Double: a huge count times 1 fits no Int.
    let limit = min(Double(count) * positiveFraction, Double(all.positives.count))
    let positives = draw(Int(limit), of: all.positives, random)
    let negatives = draw(
      min(count - positives.count, all.negatives.count), of: all.negatives, random)
    return Sample(positives: positives, negatives: negatives)
  }

  /// The `count` candidates with the smallest random numbers, in ascending order.
  private func draw(_ count: Int, of candidates: [Int], _ random: RandomStream) -> [Int] {
    guard count < candidates.count else { return candidates }
    guard count > 0 else { return [] }
    let keys = candidates.map { (bits: random.bits($0), prior: $0) }
    // Sorting all of many candidates for a few is slow. Those under a bound that the wanted number
    // is all but certain to pass are enough; where they aren't, all are sorted.
    let share = (Double(count) + 8 * Double(count).squareRoot() + 32) / Double(candidates.count)
    let bound = share < 1 ? UInt64(share * 0x1p64) : .max
    var few = keys.filter { $0.bits <= bound }
    if few.count < count { few = keys }
    few.sort { $0 < $1 }
    return few.prefix(count).map(\.prior).sorted()
  }
}
