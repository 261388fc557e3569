import Foundation
import LossKit
import SeededNumbers
import TestSupport
import Testing

@testable import Sweep

/// Seeds that are spent until the results tell variants apart.
@Suite struct SeedTests {
  private func plan(
    variants: Int, atLeast: Int = 3, atMost: Int = 20, goal: String = "maximize"
  ) throws -> SweepPlan {
    let folder = try TemporaryFolder()
    try folder.write(baseRecipe, to: "base.json")
    let values = (1...variants).map(String.init).joined(separator: ", ")
    let path = try folder.write(
      """
      {
        "recipe": "base", "method": "grid",
        "seeds": { "at_least": \(atLeast), "at_most": \(atMost), "until": "distinguished" },
        "parameters": { "stages.rpn.terms.box.loss.beta": { "values": [\(values)] } },
        "metric": { "name": "AP50", "goal": "\(goal)" }
      }
      """, to: "s.json")
    return try SweepPlan(contentsOf: path, registry: try .builtIn())
  }

  /// A normal number, nearly.
  private func noise(_ random: inout SeededGenerator) -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
  }

  /// A sweep at its end: each trial's value follows from its variant and its seed. What is needed never
  /// depends on trials that aren't.
  private func run(
    _ plan: SweepPlan, _ value: (_ variant: Int, _ seed: Int) -> Double?
  ) -> (schedule: SeedSchedule, results: [TrialResult?]) {
    let results = (0..<plan.trialCount).map { position in
      let (seed, variant) = position.quotientAndRemainder(dividingBy: plan.variants.count)
      return value(variant, seed).map { TrialResult(finished: $0, metrics: [:], seconds: 1) }
        ?? TrialResult(.failed, reason: "", seconds: 1)
    }
    let schedule = SeedSchedule(plan, results: results)
    let needed = Set(schedule.needed)
    return (schedule, results.indices.map { needed.contains($0) ? results[$0] : nil })
  }

  /// The same, a round after another.
  @Test func roundsComeToTheSame() throws {
    let plan = try plan(variants: 4)
    var random = SeededGenerator(seed: 3)
    let values = (0..<80).map { _ in noise(&random) }
    let (end, _) = run(plan) { variant, seed in values[seed * 4 + variant] + Double(3 * variant) }
    var results = [TrialResult?](repeating: nil, count: plan.trialCount)
    while true {
      let schedule = SeedSchedule(plan, results: results)
      let open = schedule.needed.filter { results[$0] == nil }
      if open.isEmpty { break }
      for position in open {
        results[position] = TrialResult(
          finished: values[position] + Double(3 * (position % 4)), metrics: [:], seconds: 1)
      }
    }
    #expect(SeedSchedule(plan, results: results).needed == end.needed)
    #expect(end.rounds > 3 && end.count < 80 && end.active == [3])
  }

  /// Of 2,000 sweeps of equal variants, with up to eighteen looks at each, at most one in 20 tells any of
  /// them apart.
  @Test(arguments: [2, 4, 8])
  func equalVariantsAreRarelyToldApart(variants: Int) throws {
    let plan = try plan(variants: variants)
    var random = SeededGenerator(seed: UInt64(variants))
    var told = 0
    for _ in 0..<2000 {
      let common = (0..<20).map { _ in 3 * noise(&random) }
      let (schedule, results) = run(plan) { _, seed in common[seed] + noise(&random) }
      let comparison = SweepComparison(plan, results: results)
      let isTold = comparison.rows.contains {
        $0.againstBest?.verdict == .worse || $0.againstBest?.verdict == .better
      }
      if schedule.active.count < variants || isTold { told += 1 }
    }
    #expect(told <= 100, "\(told) of 2000")
    #expect(variants > 2 || told >= 10, "\(told): no more careful than it has to be")
  }

  /// What lies far apart is found, with fewer trials than ten seeds each, and the best stays in.
  @Test func differencesAreFoundWithFewerTrials() throws {
    let plan = try plan(variants: 4)
    var random = SeededGenerator(seed: 1)
    var (spent, right) = (0, 0)
    for _ in 0..<200 {
      let (schedule, results) = run(plan) { variant, _ in
        noise(&random) + [0, -3, -6, -12][variant]
      }
      spent += schedule.count
      let comparison = SweepComparison(plan, results: results)
      if schedule.active == [0] && comparison.best == 0 { right += 1 }
    }
    #expect(right >= 196, "\(right) of 200")
    #expect(spent < 200 * 4 * 10, "\(spent / 200) trials a sweep")
  }

  @Test func lessMayBeBetter() throws {
    let plan = try plan(variants: 2, goal: "minimize")
    let (schedule, _) = run(plan) { variant, seed in
      Double(variant * 10) + Double(seed % 3)
    }
    #expect(schedule.active == [0] && schedule.rounds < 8)
  }

  @Test func variantsThatAreTheSameRunToTheEnd() throws {
    let plan = try plan(variants: 2, atMost: 5)
    let (schedule, results) = run(plan) { _, seed in Double(seed) }
    #expect(schedule.count == 10 && schedule.active == [0, 1])
    let comparison = SweepComparison(plan, results: results)
    #expect(comparison.rows[1].againstBest?.verdict == .same)
  }

  @Test func whatAlwaysFailsStops() throws {
    let plan = try plan(variants: 3, atMost: 6)
    let (schedule, _) = run(plan) { variant, seed in variant == 1 ? nil : Double(seed % 2) }
    #expect(schedule.active == [0, 2])
    #expect(schedule.counts(ofVariant: 1).needed == 3)
    #expect(schedule.counts(ofVariant: 0).needed == 6)
  }

  /// Each of eₙ by the textbook's t, for numbers worked out by hand: differences 1, 2 and 3 have the mean 2,
  /// S = 2, A = 12 and t² = 12.
  @Test func thePValue() {
    func evidence(_ t2: Double, _ n: Double) -> Double {
      let (ratio, spread) = (t2 / (n - 1), 1 + 10 * n)
      return pow((1 + ratio) / (1 + ratio / spread), n / 2) / spread.squareRoot()
    }
    // Of 1 and 2, the mean is 1.5, S = 0.5, A = 4.5 and t² = 9.
    let largest = max(evidence(9, 2), evidence(12, 3))
    let pValue = SequentialTest([1, 2, 3]).pValue
    #expect(abs(pValue * largest - 1) < 1e-12)
    #expect(SequentialTest([1, 2, 3, -50]).pValue == pValue, "what was told stays told")
    #expect(SequentialTest([0, 0, 0]).pValue == 1)
    #expect(SequentialTest([1]).pValue == 1)
    #expect(SequentialTest([1, 1, 1, 1]).pValue < 0.01)
    #expect(SequentialTest([]).pValue == 1)
  }

  /// More seeds may be asked for later: what was computed stays, and the rounds go on.
  @Test func aSweepRunsItsRounds() throws {
    let sweep = try SweepFixture(
      seeds: #"{ "at_least": 2, "at_most": 3, "until": "distinguished" }"#, values: "[0.1, 0.1001]")
    var events = try sweep.run()
    var rounds = events.compactMap {
      if case .scheduled(let round) = $0 { round.rounds } else { nil }
    }
    #expect(rounds == [0, 2, 3])
    #expect(sweep.starts.count == 6)
    try sweep.change("\"at_most\": 3", "\"at_most\": 5")
    events = try sweep.run()
    rounds = events.compactMap { if case .scheduled(let round) = $0 { round.rounds } else { nil } }
    #expect(rounds.first == 3 && sweep.starts.values.allSatisfy { $0 == 1 })
    let report = try SweepReport(try sweep.plan, in: sweep.results)
    let page = try String(contentsOfFile: try report.write(), encoding: .utf8)
    #expect(page.contains("2 to 5, until distinguished") && page.contains("sequential test"))
  }

  @Test(arguments: [
    (
      #"{ "at_least": 1, "at_most": 3, "until": "distinguished" }"#,
      "seeds.at_least: is 1; expected 2"
    ),
    (
      #"{ "at_least": 4, "at_most": 3, "until": "distinguished" }"#,
      "seeds: at_least is 4 and at_most 3; expected at_least ≤ at_most"
    ),
    (#"{ "at_least": 2, "at_most": 3 }"#, "key \"until\" is missing"),
    (
      #"{ "at_least": 2, "at_most": 3, "until": "distinguishd" }"#,
      "did you mean \"distinguished\"?"
    ),
  ])
  func mistakes(seeds: String, complaint: String) throws {
    let error = #expect(throws: Diagnostics.self) { try SweepFixture(seeds: seeds).plan }
    #expect(error?.description.contains(complaint) == true, "\(error?.description ?? "")")
  }
}
