import LossCore

/// What samplers that draw at random share: how many priors they take, and which positives.
struct RandomDraw {
  static let count = Parameter(
    "count", .integer(.atLeast(1)), default: 256, help: "Priors drawn from an image.")
  static let positiveFraction = Parameter(
    "positive_fraction", .number(.between(0, 1)), default: 0.5, help: "Largest share of positives.")
  static let seed = Parameter(
    "seed", .integer(.atLeast(0)), default: 0, help: "Chooses the random numbers.")
  static let balancesObjects = Parameter(
    "balance_objects", .boolean, default: false,
    help: "Whether each ground truth gives about as many positives as any other, if it has them.")
  static let negativesPerPositive = Parameter(
    "negatives_per_positive", .number(.atLeast(0)), default: nil,
    help: "Most negatives for each positive, or where there is none for one; null is no limit.")

  private let count: Int
  private let positiveFraction: Double
  private let seed: UInt64
  private let balancesObjects: Bool
  private let negativesPerPositive: Double?

  init(_ parameters: Parameters) {
    count = parameters[Self.count]
    positiveFraction = parameters[Self.positiveFraction]
    seed = UInt64(clamping: parameters[Self.seed])
    balancesObjects = parameters[Self.balancesObjects]
    negativesPerPositive = parameters[Self.negativesPerPositive]
  }

  /// The random numbers of an image.
  func stream(_ request: SampleRequest) -> RandomStream {
    RandomStream(seed: seed, name: request.stage, image: request.image, step: request.step)
  }

  /// The positives that are drawn, and how many random numbers that took at most.
  func positives(
    of all: Sample, _ assignment: Assignment, _ random: RandomStream
  ) -> (drawn: [Int], used: Int) {
    let limit = all.positiveCount(count: count, fraction: positiveFraction)
    guard balancesObjects, limit < all.positives.count else {
      let drawn = random.draw(limit, of: all.positives, from: 0)
      return (drawn, drawn.count)
    }
    let objects = Dictionary(grouping: all.positives) { assignment.matches[$0] }
    let share = Int((Double(limit) / Double(objects.count)).rounded(.toNearestOrEven)) + 1
    var drawn: [Int] = []
    for (_, priors) in objects.sorted(by: { $0.key < $1.key }) {
      drawn += random.draw(share, of: priors, from: drawn.count)
    }
    drawn.sort()
    let used = drawn.count
    guard used < limit else { return (random.draw(limit, of: drawn, from: used), used + limit) }
    let taken = Set(drawn)
    let rest = random.draw(
      limit - used, of: all.positives.filter { !taken.contains($0) }, from: used)
    return ((drawn + rest).sorted(), limit)
  }

  /// How many negatives are drawn beside so many positives.
  func negativeCount(beside positives: Int, of available: Int) -> Int {
    let wanted = min(count - positives, available)
    guard let negativesPerPositive else { return wanted }
    return Int(min(negativesPerPositive * Double(max(1, positives)), Double(wanted)))
  }
}
