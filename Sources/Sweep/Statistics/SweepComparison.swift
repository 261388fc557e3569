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
    public internal(set) var againstBest: PairedDifference?
    /// The difference to the base; `nil` for the base itself, without one, and without values.
    public internal(set) var againstBase: PairedDifference?
  }

  /// The variants, the best first, those without values last.
  public let rows: [Row]
  /// The position in the plan of the best variant: the best mean among those with the most seeds.
  public let best: Int?
  /// The position in the plan of the base.
  public let base: Int?

  /// Compares the variants of `plan` by the results of its trials, in their order.
  ///
  /// Which variant is best is told from the same numbers, and the best of many is partly the luckiest.
  /// The p-values of differences to the best are therefore corrected for all pairs of variants, those
  /// of differences to the base for the variants alone.
  public init(_ plan: SweepPlan, results: [TrialResult?]) {
    let count = plan.variants.count
    let rows = plan.variants.indices.map { variant in
      let own = plan.seeds.indices.map { seed in
        let index = seed * count + variant
        return results.indices.contains(index) ? results[index] : nil
      }
      let isStopped = own.contains { $0?.status == .stopped }
      let values = own.map { isStopped ? nil : $0?.value }
      return Row(
        variant: variant, values: values, isStopped: isStopped,
        estimate: Estimate(values.compactMap(\.self)))
    }
    self.init(rows, metric: plan.metric, base: plan.base, isSequential: plan.seedRule != nil)
  }

  private init(_ rows: [Row], metric: SweepMetric, base: Int?, isSequential: Bool) {
    let test: Test = isSequential ? .sequential : .atEnd
    var rows = rows
    let most = rows.compactMap(\.estimate?.count).max() ?? 0
    let best = rows.indices.filter { rows[$0].estimate?.count == most }.reduce(nil as Int?) {
      guard let best = $0 else { return $1 }
      guard let left = rows[$1].estimate?.mean, let right = rows[best].estimate?.mean else {
        return best
      }
      return metric.isBetter(left, than: right) ? $1 : best
    }
    if let best {
      for (index, difference) in Self.differencesToBest(rows, best, metric.goal, test) {
        rows[index].againstBest = difference
      }
    }
    if let base, rows.indices.contains(base) {
      let others = rows.indices.filter { $0 != base }
      let family = others.map { Self.difference(rows[$0], rows[base], test) }
      for (index, difference) in zip(others, Self.corrected(family, metric.goal)) {
        rows[index].againstBase = difference
      }
    }
    self.best = best
    self.base = base
    // The best comes first even where a variant with fewer seeds has a better mean.
    self.rows = rows.sorted { left, right in
      guard let first = left.estimate, let second = right.estimate else {
        return left.estimate != nil && right.estimate == nil
      }
      if left.variant == best || right.variant == best { return left.variant == best }
      return metric.isBetter(first.mean, than: second.mean)
    }
  }

  private static func differencesToBest(
    _ rows: [Row], _ best: Int, _ goal: SweepMetric.Goal, _ test: Test
  ) -> [(Int, PairedDifference?)] {
    var family = rows.indices.map { $0 == best ? nil : difference(rows[$0], rows[best], test) }
    for left in rows.indices where left != best {
      for right in rows.indices where right < left && right != best {
        family.append(difference(rows[left], rows[right], test))
      }
    }
    return Array(zip(rows.indices, corrected(family, goal)))
  }

  /// The differences with their p-values corrected for each other.
  private static func corrected(
    _ family: [Difference?], _ goal: SweepMetric.Goal
  ) -> [PairedDifference?] {
    let tested = family.indices.filter { family[$0]?.pValue != nil }
    let pValues = holmCorrected(tested.compactMap { family[$0]?.pValue })
    var byIndex: [Int: Double] = [:]
    for (index, pValue) in zip(tested, pValues) { byIndex[index] = pValue }
    return family.enumerated().map { index, difference in
      difference.map {
        PairedDifference($0.estimate, correctedPValue: byIndex[index], goal: goal)
      }
    }
  }

  private enum Test {
    /// Where how many seeds there are was known before.
    case atEnd
    /// Where their number follows from the results.
    case sequential

    /// The p-value of differences; `nil` for a single one.
    func pValue(of differences: [Double], _ estimate: Estimate) -> Double? {
      switch self {
      case .atEnd: estimate.pValue
      case .sequential: differences.count > 1 ? SequentialTest(differences).pValue : nil
      }
    }
  }

  private struct Difference {
    let estimate: Estimate
    let pValue: Double?
  }

  /// The difference of two rows over the seeds that both have.
  private static func difference(_ left: Row, _ right: Row, _ test: Test) -> Difference? {
    let differences = zip(left.values, right.values).compactMap { left, right in
      if let left, let right { left - right } else { nil as Double? }
    }
    return Estimate(differences).map {
      Difference(estimate: $0, pValue: test.pValue(of: differences, $0))
    }
  }
}
