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
      ("rows", .rows), ("sampled", .sampled), ("positives", .positives), ("cells", .cells),
      ("weights", .weights),
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

  /// A normalizer; `floor` and `imageFloor` ≥ 0.
  public init(
    _ count: Count, per scope: Scope = .batch, floor: Double = 0, imageFloor: Double = 0
  ) {
    self.count = count
    self.scope = scope
    self.floor = floor
    self.imageFloor = imageFloor
  }

  /// The divisors and, for each image, the factor of its sum.
  ///
  /// - Parameter counts: The count of each image.
  func factors(counts: [Double]) -> (divisors: [Double], factors: [Double]) {
    let counts = counts.map { max($0, imageFloor) }
    switch scope {
    case .batch:
      let total: Double =
        if case .constant(let number) = count { number } else { counts.reduce(0, +) }
      let divisor = max(total, floor)
      return ([divisor], counts.map { _ in divisor == 0 ? 0 : 1 / divisor })
    case .image:
      let divisors = counts.map { max($0, floor) }
      return (divisors, divisors.map { $0 == 0 ? 0 : 1 / ($0 * Double(counts.count)) })
    }
  }
}
