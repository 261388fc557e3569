import LossCore

/// Draws positives at random, and background evenly over its overlaps, so that hard background isn't lost among
/// the easy.
///
/// The sampler of Libra R-CNN, with `balance_objects`. Positives are drawn as by ``RandomSampler``. The overlaps of background, from 0 to the largest of all priors,
/// are cut into `bins` ranges, the last one without its end; of each a `bins`-th of the negatives is drawn, or
/// all where there are fewer. What is missing then is drawn from the rest.
public struct IoUBalancedSampler: Sampler {
  static let bins = Parameter(
    "bins", .integer(.between(1, 1000)), default: 3, help: "Ranges of overlaps to draw evenly from."
  )

  public static let declaration = Declaration(
    name: "iou_balanced",
    summary: "A random draw whose background is spread evenly over its overlaps.",
    formula: """
      positives: min(floor(count positive_fraction), available)
      negatives: floor((count - positives) / bins) of each range of overlaps; the rest of any
      """,
    source: "Pang et al. 2019, arXiv:1904.02701; IoUBalancedNegSampler of mmdetection "
      + "with floor_thr -1, CombinedSampler of Libra R-CNN (balance_objects)",
    parameters: [
      RandomDraw.count, RandomDraw.positiveFraction, RandomDraw.seed, bins,
      RandomDraw.balancesObjects, RandomDraw.negativesPerPositive,
    ])

  private let draw: RandomDraw
  private let bins: Int

  public init(parameters: Parameters) {
    draw = RandomDraw(parameters)
    bins = parameters[Self.bins]
  }

  public var reads: Set<StageInput> { [.overlaps] }

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let overlaps = assignment.overlaps
    guard overlaps.count == assignment.matches.count else {
      throw InputError(
        "stage \(request.stage), image \(request.image), sampler", image: request.image,
        "reads the overlap of each of \(assignment.matches.count) priors, of which there are "
          + "\(overlaps.count)")
    }
    let all = Sample(everyPriorOf: assignment)
    let random = draw.stream(request)
    let (positives, start) = draw.positives(of: all, assignment, random)
    var used = start
    let wanted = draw.negativeCount(beside: positives.count, of: all.negatives.count)
    guard wanted < all.negatives.count else {
      return Sample(positives: positives, negatives: all.negatives)
    }
    let width = (overlaps.max() ?? 0) / Float(bins)
    var isDrawn = [Bool](repeating: false, count: overlaps.count)
    for bin in 0..<bins {
      let range = Float(bin) * width..<Float(bin + 1) * width
      let drawn = random.draw(
        wanted / bins, of: all.negatives.filter { range.contains(overlaps[$0]) }, from: used)
      for prior in drawn { isDrawn[prior] = true }
      used += drawn.count
    }
    let rest = random.draw(
      wanted + start - used, of: all.negatives.filter { !isDrawn[$0] }, from: used)
    for prior in rest { isDrawn[prior] = true }
    return Sample(positives: positives, negatives: all.negatives.filter { isDrawn[$0] })
  }
}
