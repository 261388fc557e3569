/// The variants of a sweep, ranked, and each held against the best and against the base.
public struct SweepComparison: Sendable {
  /// A variant with its results.
  public struct Row: Sendable {
    /// The position of the variant in the plan.
    public let variant: Int
    /// The metric by seed, in the order of the seeds; `nil` if the trial has no value.
    public let values: [Double?]
    /// Whether a trial was stopped since others were better. There are no values then: those of the other seeds
    /// would be those of the luckiest.
    public let isStopped: Bool
    /// The metric over the seeds; `nil` if no trial has a value.
    public let estimate: Estimate?
    /// The difference to the best variant; `nil` for the best itself and without values.
    public let againstBest: PairedDifference?
    /// The difference to the base; `nil` for the base itself, without one, and without values.
    public let againstBase: PairedDifference?
  }

  /// The variants, the best first, those without values last.
  public let rows: [Row]
  /// The position in the plan of the best variant: the best mean among those with the most seeds.
  public let best: Int?
  /// The position in the plan of the base.
  public let base: Int?

  private let tests: VariantTests

  /// Compares the variants of `plan` by the results of its trials, in their order.
  ///
  /// Which variant is best is told from the same numbers, and the best of many is partly the luckiest.
  /// The p-values of differences to the best are therefore corrected for all pairs of variants, those
  /// of differences to the base for the variants alone.
  public init(_ plan: SweepPlan, results: [TrialResult?]) {
    let count = plan.variants.count
    let trials = plan.variants.indices.map { variant in
      plan.seeds.indices.map { seed in
        let index = seed * count + variant
        return results.indices.contains(index) ? results[index] : nil
      }
    }
    let isStopped = trials.map { $0.contains { $0?.status == .stopped } }
    let values = zip(trials, isStopped).map { trials, isStopped in
      trials.map { isStopped ? nil : $0?.value }
    }
    let estimates = values.map { Estimate($0.compactMap(\.self)) }
    let metric = plan.metric
    let best = Self.best(of: estimates, metric)
    let tests = VariantTests(values, goal: metric.goal, isSequential: plan.seedRule != nil)
    let toBase = plan.base.map { tests.differences(to: $0) }
    let rows = values.indices.map { variant in
      Row(
        variant: variant, values: values[variant], isStopped: isStopped[variant],
        estimate: estimates[variant],
        againstBest: best.flatMap { tests[variant, $0] }, againstBase: toBase?[variant])
    }
    self.tests = tests
    self.best = best
    base = plan.base
    // The best comes first even where a variant with fewer seeds has a better mean.
    self.rows = rows.sorted { left, right in
      guard let first = left.estimate, let second = right.estimate else {
        return left.estimate != nil && right.estimate == nil
      }
      if left.variant == best || right.variant == best { return left.variant == best }
      return metric.isBetter(first.mean, than: second.mean)
    }
  }

  /// The positions in the plan of the `most` variants that rank first, of those with values, and of the base.
  func ranked(most: Int) -> [Int] {
    let ranked = rows.filter { $0.estimate != nil }.map(\.variant)
    return ranked.prefix(most) + ranked.dropFirst(most).filter { $0 == base }
  }

  /// How a variant differs from another one, both by their positions in the plan, its p-value corrected for
  /// all pairs; `nil` where no seed has values of both.
  public func difference(of variant: Int, to other: Int) -> PairedDifference? {
    tests[variant, other]
  }

  private static func best(of estimates: [Estimate?], _ metric: SweepMetric) -> Int? {
    let most = estimates.compactMap(\.?.count).max() ?? 0
    return estimates.indices.filter { estimates[$0]?.count == most }.reduce(nil as Int?) {
      guard let best = $0, let left = estimates[$1]?.mean, let right = estimates[best]?.mean else {
        return $0 ?? $1
      }
      return metric.isBetter(left, than: right) ? $1 : best
    }
  }
}
