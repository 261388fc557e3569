import LossKit
import SeededNumbers
import Sweep
import TestSupport
import Testing

@Suite struct ComparisonTests {
  /// A plan of four variants and the given seeds, its base the first variant.
  private func plan(seeds: Int, goal: String = "maximize") throws -> SweepPlan {
    let folder = try TemporaryFolder()
    try folder.write(baseRecipe, to: "base.json")
    let list = (1...seeds).map(String.init).joined(separator: ", ")
    let path = try folder.write(
      """
      {
        "recipe": "base", "method": "grid", "seeds": [\(list)],
        "parameters": { "stages.rpn.terms.box.loss.beta": { "values": [0.1, 0.2, 0.3, 0.4] } },
        "metric": { "name": "AP50", "goal": "\(goal)" }
      }
      """, to: "s.json")
    return try SweepPlan(contentsOf: path, registry: try .builtIn())
  }

  /// Results from values by seed and variant.
  private func results(_ values: [[Double?]]) throws -> [TrialResult?] {
    values.joined().map { $0.map { TrialResult(finished: $0, metrics: [:], seconds: 1) } }
  }

  @Test func theBestComesFirst() throws {
    let values: [[Double?]] = [[0.5, 0.7, 0.61, nil], [0.5, 0.7, 0.59, nil]]
    let comparison = SweepComparison(try plan(seeds: 2), results: try results(values))
    #expect(comparison.rows.map(\.variant) == [1, 2, 0, 3])
    #expect(comparison.best == 1 && comparison.base == 0)
    let rows = comparison.rows
    #expect(rows[0].againstBest == nil && rows[0].againstBase?.verdict == .better)
    #expect(rows[1].againstBest?.verdict == .notDistinguishable)
    #expect(rows[1].againstBest?.words == "not distinguishable with 2 seeds")
    #expect(rows[2].againstBest?.verdict == .worse && rows[2].againstBase == nil)
    #expect(rows[3].estimate == nil && rows[3].againstBest == nil && rows[3].values == [nil, nil])
    let less = SweepComparison(try plan(seeds: 2, goal: "minimize"), results: try results(values))
    #expect(less.best == 0 && less.rows.map(\.variant) == [0, 2, 1, 3])
    #expect(less.rows[2].againstBest?.verdict == .worse)
  }

  @Test func oneSeedTellsNothing() throws {
    let comparison = SweepComparison(
      try plan(seeds: 1), results: try results([[0.1, 0.9, 0.2, 0.1]]))
    #expect(comparison.best == 1)
    #expect(comparison.rows[1].againstBest?.words == "one seed can't tell")
    #expect(comparison.rows.allSatisfy { $0.againstBest?.pValue == nil })
    #expect(comparison.rows.last?.againstBest?.verdict == .notDistinguishable)
  }

  @Test func aVariantThatFailedWithSomeSeedsIsNotTheBest() throws {
    let comparison = SweepComparison(
      try plan(seeds: 3),
      results: try results([
        [0.5, 0.9, 0.4, 0.4], [0.51, nil, 0.41, 0.4], [0.5, nil, 0.42, 0.4],
      ]))
    #expect(comparison.best == 0 && comparison.rows.first?.variant == 0)
    let partial = try #require(comparison.rows.first { $0.variant == 1 })
    #expect(partial.againstBest?.words == "one seed can't tell")
  }

  @Test func equalValuesAreTheSame() throws {
    let row = [0.5, 0.5, 0.4, 0.3]
    let comparison = SweepComparison(try plan(seeds: 2), results: try results([row, row]))
    #expect(comparison.rows[1].againstBest?.verdict == .same)
    #expect(comparison.rows[1].againstBest?.words == "the same")
    #expect(comparison.rows[2].againstBest?.verdict == .worse)
  }

  /// All pairs are one family, of which the differences to the best are a part.
  @Test func theMatrixHoldsThePairsThatTheTableHas() throws {
    let values: [[Double?]] = [
      [0.5, 0.9, 0.4, nil], [0.52, 0.91, 0.41, nil], [0.49, 0.93, 0.4, nil],
    ]
    let comparison = SweepComparison(try plan(seeds: 3), results: try results(values))
    for row in comparison.rows where row.variant != 1 {
      #expect(row.againstBest == comparison.difference(of: row.variant, to: 1))
    }
    let columns = (0..<3).map { variant in values.map { $0[variant] ?? 0 } }
    let pairs = [(1, 0), (2, 0), (2, 1)]
    let corrected = holmCorrected(
      pairs.compactMap { left, right in
        Estimate(zip(columns[left], columns[right]).map { $0 - $1 })?.pValue
      })
    for ((left, right), pValue) in zip(pairs, corrected) {
      let (there, back) = (
        comparison.difference(of: left, to: right), comparison.difference(of: right, to: left)
      )
      #expect(there?.pValue == pValue && back?.pValue == pValue)
      #expect(there?.difference.mean == back.map { -$0.difference.mean })
      #expect(there?.verdict == (left == 1 ? .better : .worse), "all three differ")
      #expect(back?.verdict == (left == 1 ? .worse : .better))
    }
    #expect(comparison.difference(of: 1, to: 1) == nil)
    #expect(comparison.difference(of: 3, to: 1) == nil, "it has no values")
  }

  /// Of variants that are all alike, one is called worse than the best, or better or worse than the
  /// base, in one of 20 sweeps at most: 100 ± 30 of 2000, three standard deviations.
  @Test(arguments: [2, 3, 5])
  func noiseIsRarelyCalledADifference(seeds: Int) throws {
    let plan = try plan(seeds: seeds)
    var random = SeededGenerator(seed: UInt64(seeds))
    var (best, base) = (0, 0)
    for _ in 0..<2000 {
      let values = (0..<seeds).map { _ in
        (0..<4).map { _ in
          (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
        }
      }
      let comparison = SweepComparison(plan, results: try results(values))
      let isTold = { (paired: PairedDifference?) in
        paired?.verdict == .better || paired?.verdict == .worse
      }
      if comparison.rows.contains(where: { isTold($0.againstBest) }) { best += 1 }
      if comparison.rows.contains(where: { isTold($0.againstBase) }) { base += 1 }
    }
    #expect(best <= 130 && base <= 130, "\(best) and \(base) of 2000")
    #expect(base >= 20, "the correction is no more careful than it has to be")
  }

  /// A difference of five standard deviations is found with five seeds.
  @Test func aDifferenceIsFound() throws {
    let plan = try plan(seeds: 5)
    var random = SeededGenerator(seed: 1)
    var found = 0
    for _ in 0..<200 {
      let values = (0..<5).map { _ in
        (0..<4).map { variant in
          Double(variant == 2 ? 8 : 0)
            + (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
        }
      }
      let comparison = SweepComparison(plan, results: try results(values))
      let row = try #require(comparison.rows.first { $0.variant == 2 })
      if comparison.best == 2, row.againstBase?.verdict == .better { found += 1 }
    }
    #expect(found >= 190)
  }
}
