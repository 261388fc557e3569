/// Which trials a sweep needs, by what came of those so far.
///
/// Where the file lists seeds, all. Where it has a rule, seeds are spent in rounds, in their order: each
/// variant gets the fewest; after each round the variants stop that are worse than another one beyond what
/// chance explains, and the sweep ends when one is left, or the seeds are.
///
/// The procedure, which calls noise a difference in one of 20 sweeps at most, over all pairs of variants and
/// all rounds together: each pair has a ``SequentialTest`` of its differences, whose p-value holds over all
/// rounds. They are corrected by Holm's method for all pairs that there are, those of variants that have
/// stopped included. The proof is Holm's own: before a first pair of equal variants is told apart, only
/// pairs that do differ have been, so that its p-value was at most 0.05 over the number of equal pairs or
/// less; one of them ever comes that far with probability 0.05 at most.
///
/// A pure function of the results, so that every process of a sweep comes to the same.
public struct SeedSchedule: Sendable {
  /// The positions of the trials that are needed, as far as can be said yet.
  let needed: [Int]
  /// The variants that haven't stopped, by position.
  public let active: [Int]
  /// After how many seeds that was decided; 0 where nothing was.
  public let rounds: Int
  /// The mean of how long those took that finished, if any has.
  public let seconds: Double?
  private let variantCount: Int
  private let isEnded: [Bool]

  /// How many trials are needed, as far as can be said yet.
  public var count: Int { needed.count }
  /// How many of them have ended.
  public var ended: Int { needed.count { isEnded[$0] } }
  /// The variants that go on and have no result yet, by position.
  public var untried: [Int] { active.filter { counts(ofVariant: $0).ended == 0 } }

  /// How many trials of a variant are needed, and how many of these have ended.
  public func counts(ofVariant variant: Int) -> (needed: Int, ended: Int) {
    let own = needed.filter { $0 % variantCount == variant }
    return (own.count, own.count { isEnded[$0] })
  }

  init(_ plan: SweepPlan, results: [TrialResult?]) {
    let variants = plan.variants.count
    guard let rule = plan.seedRule else {
      self.init(
        plan, needed: Array(0..<plan.trialCount), active: Array(0..<variants), rounds: 0, results)
      return
    }
    var needed: [Int] = []
    var active = Array(0..<variants)
    var tests = Array(repeating: SequentialTest(), count: variants * variants)
    var sums = Array(repeating: 0.0, count: variants * variants)
    var hasValue = Array(repeating: false, count: variants)
    var rounds = 0
    for seed in plan.seeds.indices {
      let positions = active.map { seed * variants + $0 }
      needed += positions
      for left in active {
        guard let value = results[seed * variants + left]?.value else { continue }
        hasValue[left] = true
        for right in active where right < left {
          guard let other = results[seed * variants + right]?.value else { continue }
          tests[left * variants + right].add(value - other)
          sums[left * variants + right] += value - other
        }
      }
      guard seed + 1 >= rule.atLeast else { continue }
      guard needed.allSatisfy({ results[$0] != nil }) else { break }
      rounds = seed + 1
      let pairs = (0..<variants).flatMap { left in
        (0..<left).map { right in (left: left, right: right, place: left * variants + right) }
      }
      let pValues = holmCorrected(pairs.map { tests[$0.place].pValue })
      // What has failed with all seeds so far is not tried on.
      var stopped = Set(active.filter { !hasValue[$0] })
      for (pair, pValue) in zip(pairs, pValues)
      where pValue <= PairedDifference.level && active.contains(pair.left)
        && active.contains(pair.right)
      {
        let isLeftBetter = (sums[pair.place] > 0) == (plan.metric.goal == .maximize)
        stopped.insert(isLeftBetter ? pair.right : pair.left)
      }
      active.removeAll { stopped.contains($0) }
      if active.count < 2 { break }
    }
    self.init(plan, needed: needed, active: active, rounds: rounds, results)
  }

  private init(
    _ plan: SweepPlan, needed: [Int], active: [Int], rounds: Int, _ results: [TrialResult?]
  ) {
    self.needed = needed
    self.active = active
    self.rounds = rounds
    variantCount = plan.variants.count
    isEnded = results.map { $0 != nil }
    seconds = Estimate(results.compactMap { $0?.status == .finished ? $0?.seconds : nil })?.mean
  }
}
