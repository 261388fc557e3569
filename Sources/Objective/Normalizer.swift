import LossCore

/// What a term's sum is divided by.
///
/// Where the count is 0 the term is 0, never NaN.
public struct Normalizer: Sendable {
  /// What is counted.
  public enum Count: Sendable {
    /// The rows that the term scores: sampled priors, or positives for a box term; without those of
    /// the class that the loss ignores.
    case rows
    /// The sampled priors, those of the class that the loss ignores included.
    case sampled
    /// The sampled positive priors.
    case positives
    /// The sampled priors, but of each image one positive and one negative at least, as mmdetection's
    /// samplers count.
    case positivesAndNegatives
    /// The cells of the feature maps: the anchor locations of the Faster R-CNN paper.
    case cells
    /// The weights of all evaluated values, class weights included.
    case weights
    /// The sum of a row weight, whether or not the term itself has it.
    case rowWeight(any RowWeight)
    /// Nothing: the number itself.
    case constant(Double)

    /// The counts that have a name, by their name in recipes.
    public static let named: [(name: String, count: Count)] = [
      ("rows", .rows), ("sampled", .sampled), ("positives", .positives),
      ("positives_and_negatives", .positivesAndNegatives), ("cells", .cells), ("weights", .weights),
    ]
  }

  /// Over what is counted.
  public enum Scope: String, Sendable, CaseIterable {
    /// Over all images: sum of the batch / count of the batch.
    case batch
    /// Over each image: mean over the images of sum / count.
    case image
  }

  /// What is counted.
  public let count: Count
  /// Over what it is counted.
  public let scope: Scope
  /// The least divisor; a smaller count is replaced by it.
  public let floor: Double
  /// The least count of an image, before counts are added up: 1 is mmdetection's Σ max(positives, 1).
  public let imageFloor: Double

  /// How the divisor follows the counts of the steps before; `nil` if it is that of this step alone.
  public let runningMean: RunningMean?

  /// A normalizer; `floor` and `imageFloor` ≥ 0. A running mean is one of batches, not of images.
  public init(
    _ count: Count, per scope: Scope = .batch, floor: Double = 0, imageFloor: Double = 0,
    runningMean: RunningMean? = nil
  ) {
    self.count = count
    self.scope = scope
    self.floor = floor
    self.imageFloor = imageFloor
    self.runningMean = runningMean
  }

  /// The divisors and, for each image, the factor of its sum.
  ///
  /// - Parameters:
  ///   - counts: The count of each image.
  ///   - mean: The running mean after the step before; `nil` in the first step.
  ///   - average: The mean count of the batches of all processes, given that of this one.
  /// - Throws: ``InputError`` where the mean isn't a finite number of 0 or more.
  func factors(
    counts: [Double], after mean: Double? = nil, averaging average: CountAverage = { $0 }
  ) throws(InputError) -> (divisors: [Double], factors: [Double]) {
    let counts = counts.map { max($0, imageFloor) }
    switch scope {
    case .batch:
      let total: Double
      if case .constant(let number) = count {
        total = number
      } else {
        total = try average(counts.reduce(0, +))
        guard total.isFinite, total >= 0 else {
          throw InputError(
            "counts", "the mean count of all processes is \(total); expected 0 or more")
        }
      }
      let divisor = runningMean.map { $0.mean(after: mean, max(total, floor)) } ?? max(total, floor)
      return ([divisor], counts.map { _ in divisor == 0 ? 0 : 1 / divisor })
    case .image:
      let divisors = counts.map { max($0, floor) }
      return (divisors, divisors.map { $0 == 0 ? 0 : 1 / ($0 * Double(counts.count)) })
    }
  }
}

/// The mean count of the batches of all processes that train together, given the count of this one.
public typealias CountAverage = (_ count: Double) throws(InputError) -> Double

extension Normalizer {
  /// A divisor that follows the counts slowly: mean ← momentum · mean + (1 − momentum) · count, as
  /// detectron2's RetinaNet has it. The count is that of the batch, at least the floor.
  public struct RunningMean: Sendable, Equatable {
    /// The mean before the first step, > 0.
    public let initial: Double
    /// How much of the mean a step keeps, from 0 to 1.
    public let momentum: Double

    /// A running mean.
    public init(initial: Double, momentum: Double = 0.9) {
      self.initial = initial
      self.momentum = momentum
    }

    /// The mean after a step with `count`.
    func mean(after mean: Double?, _ count: Double) -> Double {
      momentum * (mean ?? initial) + (1 - momentum) * count
    }
  }
}
