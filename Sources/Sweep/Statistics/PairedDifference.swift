/// How a variant differs from another, seed by seed.
///
/// Both were trained with the same seeds, and what a seed does to both, the order of images for
/// instance, drops out of the difference.
public struct PairedDifference: Sendable, Equatable {
  /// The difference of the metric, this variant minus the other, over the seeds that both have.
  public let difference: Estimate
  /// Its p-value, corrected for the number of comparisons; `nil` for a single seed.
  public let pValue: Double?
  /// What that says.
  public let verdict: Verdict

  /// What can be said of a difference.
  public enum Verdict: String, Sendable, Equatable {
    /// Better than the other, beyond what chance explains.
    case better
    /// Worse than the other, beyond what chance explains.
    case worse
    /// The seeds vary too much, or are too few, to tell.
    case notDistinguishable = "not_distinguishable"
    /// The very same numbers with every seed.
    case same
  }

  /// The chance of calling noise a difference that verdicts accept, over all comparisons together.
  public static let level = 0.05

  init(_ difference: Estimate, correctedPValue: Double?, goal: SweepMetric.Goal) {
    self.difference = difference
    pValue = correctedPValue
    if difference.mean == 0, difference.deviation ?? 0 == 0 {
      verdict = .same
    } else if let correctedPValue, correctedPValue <= Self.level {
      verdict = (difference.mean > 0) == (goal == .maximize) ? .better : .worse
    } else {
      verdict = .notDistinguishable
    }
  }

  /// The verdict as people read it: `not distinguishable with 3 seeds`.
  public var words: String {
    switch verdict {
    case .better: "better"
    case .worse: "worse"
    case .same: "the same"
    case .notDistinguishable:
      difference.count == 1
        ? "one seed can't tell" : "not distinguishable with \(difference.count) seeds"
    }
  }
}

/// Corrects p-values for the number of comparisons, by Holm's step-down method.
///
/// Calling a difference real where its corrected p-value is at most 0.05 is wrong about any of the
/// comparisons in one of 20 sweeps at most, however the comparisons depend on each other. Holm: A
/// simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979).
public func holmCorrected(_ pValues: [Double]) -> [Double] {
  var corrected = pValues
  var largest = 0.0
  for (rank, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated() {
    largest = max(largest, min(1, Double(pValues.count - rank) * pValues[index]))
    corrected[index] = largest
  }
  return corrected
}
