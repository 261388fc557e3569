import LossCore

/// All positives, and of the background the priors with the largest losses.
///
/// For each positive `ratio` negatives, rounded down, at least `minimum` in an image if there are as many. In a
/// tie of losses the first ones.
public struct HardNegativeSampler: Sampler {
  static let ratio = Parameter(
    "ratio", .number(.atLeast(0)), default: 3, help: "Negatives for each positive.")
  static let minimum = Parameter(
    "minimum", .integer(.atLeast(0)), default: 0, help: "Least number of negatives of an image.")

  public static let declaration = Declaration(
    name: "hard_negative",
    summary: "All positives, and the background with the largest losses.",
    formula: """
      positives: all
      negatives: the max(floor(ratio positives), minimum) with the largest losses
      """,
    source: "Liu et al. 2016, arXiv:1512.02325; SSD.compute_loss of torchvision",
    parameters: [ratio, minimum])

  private let ratio: Double
  private let minimum: Int

  public init(parameters: Parameters) {
    ratio = parameters[Self.ratio]
    minimum = parameters[Self.minimum]
  }

  public var reads: Set<StageInput> { [.rowLosses] }

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let all = Sample(everyPriorOf: assignment)
    let limit = min(ratio * Double(all.positives.count), Double(all.negatives.count))
    return Sample(
      positives: all.positives,
      negatives: try request.hardest(max(Int(limit), minimum), of: all.negatives))
  }
}

extension SampleRequest {
  /// The `count` priors with the largest losses, in ascending order of their indices.
  ///
  /// - Throws: ``InputError`` where there is no loss for each prior.
  func hardest(_ count: Int, of priors: [Int]) throws(InputError) -> [Int] {
    guard priors.allSatisfy(rowLosses.indices.contains) else {
      throw InputError(
        "stage \(stage), image \(image), sampler", image: image,
        "reads the loss of each prior, of which there are \(rowLosses.count)")
    }
    guard count < priors.count else { return priors }
    let hardest = priors.sorted {
      rowLosses[$0] != rowLosses[$1] ? rowLosses[$0] > rowLosses[$1] : $0 < $1
    }
    return hardest.prefix(count).sorted()
  }
}
