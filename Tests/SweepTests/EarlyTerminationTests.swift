import Foundation
import LossKit
import TestSupport
import Testing
import TrainingLogs

@testable import Sweep

/// Trials that are stopped because others are better.
@Suite struct EarlyTerminationTests {
  static let rule =
    #", "early_terminate": { "type": "hyperband", "max_iter": 9, "s": 2, "eta": 3 }"#
  static let betas = [0.5, 0.9, 0.1, 0.7, 0.3, 0.8, 0.6, 0.95, 0.2, 0.85]

  private func fixture(
    _ trainer: String = FakeTrainer.reporting, seeds: [Int] = [1], values: [Double] = betas
  ) throws -> SweepFixture {
    try SweepFixture(trainer: trainer, seeds: "\(seeds)", values: "\(values)", more: Self.rule)
  }

  /// After how many reports each trial is stopped, written down naively.
  private func expected(_ betas: [Double], seeds: [Int]) -> [Int?] {
    let trials = seeds.flatMap { seed in betas.map { ($0, Double(seed) / 1000) } }
    var ends = trials.map { _ in nil as Int? }
    for bracket in [1, 3] {
      var there: [Double] = []
      for (index, (beta, noise)) in trials.enumerated() where ends[index] == nil {
        let value = (bracket > 1 ? 1 - beta : beta) + noise
        there.append(value)
        let places = (there.count + 2) / 3
        if there.count(where: { $0 > value }) >= places { ends[index] = bracket }
      }
    }
    return ends
  }

  /// After how many reports each trial was stopped.
  private func ends(_ sweep: SweepFixture) throws -> [Int?] {
    try sweep.results.check(against: sweep.plan).trials.map { trial in
      let result = try #require(try sweep.results.result(trial.index))
      if result.status == .finished { return nil }
      #expect(result.status == .stopped && result.value == nil)
      let words = try #require(result.reason?.split(separator: " "))
      return Int(words[2]) ?? -1
    }
  }

  @Test func bracketsAreThoseOfWeightsAndBiases() {
    #expect(EarlyTermination(minimum: 3, eta: 3).brackets.prefix(4) == [3, 9, 27, 81])
    #expect(EarlyTermination(maximum: 27, count: 2, eta: 3).brackets == [3, 9])
    #expect(EarlyTermination(maximum: 81, count: 9, eta: 3).brackets == [1, 3, 9, 27])
    #expect(EarlyTermination(minimum: 1, eta: 1.25).brackets.prefix(5) == [1, 2, 3, 4, 5])
    #expect(EarlyTermination(minimum: 1, eta: 1.25).brackets.count < 80)
  }

  @Test func theBestOfThoseThereGoOn() {
    let rule = EarlyTermination(minimum: 1, eta: 3)
    let most = SweepMetric(name: "a", goal: .maximize)
    func goesOn(_ value: Double, _ others: [Double], _ metric: SweepMetric = most) -> Bool {
      rule.verdict(on: value, among: others, by: metric).goesOn
    }
    #expect(goesOn(0, []) && goesOn(1, [0]) && !goesOn(0, [1]))
    #expect(goesOn(1, [1]), "equals are as good as each other")
    #expect(!goesOn(1, [2, 0]) && goesOn(1, [2, 0, 0]))
    #expect(goesOn(0, [1], SweepMetric(name: "a", goal: .minimize)))
  }

  @Test(arguments: [[1], [1, 2]])
  func trialsAreStoppedWhereTheRuleSays(seeds: [Int]) throws {
    let sweep = try fixture(seeds: seeds)
    try sweep.run(concurrency: 1)
    let expected = expected(Self.betas, seeds: seeds)
    #expect(try ends(sweep) == expected)
    #expect(expected.contains(1) && expected.contains(3) && expected.contains(nil))
    #expect(sweep.starts.values.allSatisfy { $0 == 1 })
    #expect(try sweep.run().count == 1, "nothing is left to run")
    try sweep.run(retry: true)
    #expect(sweep.starts.values.allSatisfy { $0 == 1 }, "what was stopped hasn't failed")
  }

  /// The first trial is slower than all others, which end before it is known whether they should have.
  @Test func theResultsDoNotDependOnWhoIsFaster() throws {
    let sweep = try fixture(seeds: [1, 2])
    try sweep.folder.write("3", to: "pause")
    try sweep.run(concurrency: 8)
    #expect(try ends(sweep) == expected(Self.betas, seeds: [1, 2]))
    let reasons = try sweep.plan.trials.compactMap { try sweep.results.result($0.index)?.reason }
    #expect(reasons.contains { $0.contains("; it had ended, with 0.") }, "\(reasons)")
  }

  /// The verdict was written, and the result not yet.
  @Test func whoeverStopsAnEndedTrialMayBeKilled() throws {
    let sweep = try fixture()
    try sweep.run(concurrency: 1)
    let expected = try ends(sweep)
    let index = try #require(expected.firstIndex { $0 != nil })
    let path = sweep.results.file("result.json", ofTrial: index)
    func finish() throws {
      try Data(#"{"status": "finished", "value": 1, "metrics": {"AP50": 1}, "seconds": 1}"#.utf8)
        .write(to: URL(filePath: path))
      #expect(try ends(sweep) != expected)
    }
    try finish()
    try sweep.run()
    #expect(try ends(sweep) == expected)
    try finish()
    try sweep.results.settle(for: sweep.plan)
    #expect(try ends(sweep) == expected)
    #expect(sweep.starts.values.allSatisfy { $0 == 1 })
  }

  @Test func aRunningTrainerIsEndedWithACheckpoint() throws {
    let sweep = try fixture(
      """
      #!/bin/sh
      echo "$3" >> "$(dirname "$0")/starts"
      trap 'echo saved > "$3/checkpoint"; exit 1' TERM
      [ "$2" = 1 ] && end=10 || end=2
      for step in 1 2 3 4 5 6 7 8 9; do
        if [ "$step" = "$end" ] && ! [ -e "$3/checkpoint" ]; then sleep 600 & wait; fi
        printf '{"step": %d, "AP50": %d}\\n' $step $((10 - $2)) >> "$3/metrics.jsonl"
      done

      """, seeds: [1, 2], values: [0.1])
    try sweep.run(concurrency: 1)
    let result = try #require(try sweep.results.result(1))
    #expect(result.status == .stopped && result.version == "LossKit")
    #expect(
      result.reason == "stopped after 1 reports: AP50 8 is not among the best 1 of 2 there")
    let checkpoint = sweep.results.file("checkpoint", ofTrial: 1)
    #expect(FileManager.default.fileExists(atPath: checkpoint))
    #expect(!sweep.results.isRunning(1))
    // Without the rule it goes on.
    try sweep.change(Self.rule, "")
    try sweep.run()
    #expect(try sweep.values == [9, 8])
    #expect(sweep.starts == ["0000": 1, "0001": 2])
  }

  @Test func aStoppedVariantIsInNoStatistics() throws {
    // With one of the two seeds the second variant is stopped.
    let sweep = try fixture(
      """
      #!/bin/sh
      case $1 in *0001/*) value=0 ;; *) value=$2 ;; esac
      for step in 1 2 3 4 5 6 7 8 9; do
        printf '{"step": %d, "AP50": %d}\\n' $step $value >> "$3/metrics.jsonl"
      done

      """, seeds: [1, 2], values: [0.1, 0.2])
    try sweep.run(concurrency: 1)
    #expect(try ends(sweep) == [nil, 1, nil, nil])
    let report = try SweepReport(sweep.plan, in: sweep.results)
    let row = try #require(report.comparison.rows.last)
    #expect(row.variant == 1 && row.isStopped)
    #expect(row.values == [nil, nil] && row.estimate == nil && row.againstBest == nil)
    #expect(report.failures.isEmpty && report.comparison.best == 0)
    #expect(report.states.map(\.word) == ["finished", "stopped", "finished", "finished"])
    try report.write()
    let table = try String(contentsOfFile: sweep.results.file("results.csv"), encoding: .utf8)
    #expect(table.contains(",stopped,") && table.contains("is not among the best 1 of 2 there"))
    let page = try String(contentsOfFile: sweep.results.file("report.html"), encoding: .utf8)
    #expect(page.contains("<td>stopped</td>"))
  }

  @Test func reportsAreCountedOnceThatAreSaidAgain() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      """
      {"step": 1, "loss": 2}
      {"step": 2, "AP50": 0.1}
      {"step": 4, "AP50": 0.2}
      {"step": 4, "AP50": null}
      {"step": 2, "AP50": 0.3}
      broken "AP50"
      {"step": 3, "AP50": 0.4, "AP50x": 1}
      {"AP50": 0.5}
      """, to: "metrics.jsonl")
    #expect(MetricReports.values(of: "AP50", in: path, count: 9) == [0.3, 0.4, 0.5])
    #expect(MetricReports.values(of: "AP50", in: path, count: 1) == [0.3])
    #expect(MetricReports.values(of: "AP50", in: folder.path("none"), count: 1) == [])
  }
}
