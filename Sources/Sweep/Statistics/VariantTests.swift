/// The differences of all pairs of variants, seed by seed, and what tests say of them.
///
/// All pairs are one family, corrected by Holm's method: whichever of them is looked at because of the
/// results, the chance of calling noise a difference is 0.05 at most over all of them together.
struct VariantTests: Sendable {
  private let values: [[Double?]]
  private let goal: SweepMetric.Goal
  private let isSequential: Bool
  /// The corrected p-values of the pairs (1, 0), (2, 0), (2, 1), (3, 0), …; `nil` for a single seed.
  private let pValues: [Double?]

  /// The tests of variants with these values, by variant and seed.
  ///
  /// - Parameter isSequential: Whether the number of seeds follows from the values.
  init(_ values: [[Double?]], goal: SweepMetric.Goal, isSequential: Bool) {
    self.values = values
    self.goal = goal
    self.isSequential = isSequential
    pValues = Self.corrected(
      values.indices.flatMap { variant in
        (0..<variant).map {
          Self.pValue(Self.differences(values[variant], values[$0]), isSequential)
        }
      })
  }

  /// How a variant differs from another one; `nil` without a seed that both have, and for one and the same.
  subscript(variant: Int, other: Int) -> PairedDifference? {
    guard variant != other else { return nil }
    let (high, low) = (max(variant, other), min(variant, other))
    return difference(variant, other, pValue: pValues[high * (high - 1) / 2 + low])
  }

  /// How each variant differs from one that was chosen before there were results: a family of its own, which
  /// takes less correction.
  func differences(to base: Int) -> [PairedDifference?] {
    let pValues = Self.corrected(
      values.indices.map { variant in
        variant == base
          ? nil : Self.pValue(Self.differences(values[variant], values[base]), isSequential)
      })
    return values.indices.map { variant in
      variant == base ? nil : difference(variant, base, pValue: pValues[variant])
    }
  }

  private func difference(_ variant: Int, _ other: Int, pValue: Double?) -> PairedDifference? {
    Estimate(Self.differences(values[variant], values[other])).map {
      PairedDifference($0, correctedPValue: pValue, goal: goal)
    }
  }

  /// The differences over the seeds that both have.
  private static func differences(_ left: [Double?], _ right: [Double?]) -> [Double] {
    zip(left, right).compactMap { left, right in
      if let left, let right { left - right } else { nil }
    }
  }

  private static func pValue(_ differences: [Double], _ isSequential: Bool) -> Double? {
    guard differences.count > 1 else { return nil }
    return isSequential ? SequentialTest(differences).pValue : Estimate(differences)?.pValue
  }

  /// The p-values that there are, corrected for each other.
  private static func corrected(_ pValues: [Double?]) -> [Double?] {
    var corrected = pValues
    let tested = pValues.indices.filter { pValues[$0] != nil }
    for (index, pValue) in zip(tested, holmCorrected(pValues.compactMap(\.self))) {
      corrected[index] = pValue
    }
    return corrected
  }
}
