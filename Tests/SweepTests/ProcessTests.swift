import Foundation
import LossKit
import SeededNumbers
import Sweep
import TestSupport
import Testing

/// Sweeps in processes that are killed, or that run side by side.
@Suite(.enabled(if: LossKitProcess.exists)) struct ProcessTests {
  private func fixture() throws -> SweepFixture {
    try SweepFixture(seeds: "[1, 2, 3]", values: "[0.1, 0.2, 0.3, 0.4]")
  }

  private func start(_ sweep: SweepFixture) throws -> LossKitProcess {
    try LossKitProcess(
      ["sweep", "run", sweep.file, "--out", sweep.results.path, "--concurrency", "2"],
      environment: ["PAUSE": "0.05"])
  }

  /// All results but for the time they took.
  private func results(_ sweep: SweepFixture) throws -> [TrialOutcome?] {
    try sweep.plan.trials.map { trial in
      try sweep.results.result(trial.index).map {
        TrialOutcome(status: $0.status, value: $0.value, metrics: $0.metrics)
      }
    }
  }

  private struct TrialOutcome: Equatable {
    let status: TrialResult.Status
    let value: Double?
    let metrics: [String: Double]
  }

  @Test func killedTwentyTimesTheResultsAreTheSame() throws {
    try kill(20, within: 0.4, fixture)
  }

  @Test(.long) func andWhereARuleSpendsTheSeeds() throws {
    try kill(7, within: 0.4, spending)
  }

  /// Two variants that differ and two that don't, so that rounds end with some of them.
  private func spending() throws -> SweepFixture {
    try SweepFixture(
      seeds: #"{ "at_least": 3, "at_most": 5, "until": "distinguished" }"#,
      values: "[0.1, 0.2, 7, 8]")
  }

  @Test(.long) func andWhereTrialsAreStopped() throws {
    try kill(7, within: 0.4) {
      let sweep = try SweepFixture(
        trainer: FakeTrainer.reporting, values: "\(EarlyTerminationTests.betas)",
        more: EarlyTerminationTests.rule)
      try sweep.folder.write("3", to: "pause")
      return sweep
    }
  }

  @Test func twoProcessesSpendTheSameSeeds() throws {
    let alone = try spending()
    #expect(try start(alone).status() == 0)
    let sweep = try spending()
    let processes = [try start(sweep), try start(sweep)]
    #expect(processes.map { $0.status() } == [0, 0])
    #expect(sweep.starts == alone.starts && sweep.starts.values.allSatisfy { $0 == 1 })
    #expect(try results(sweep) == results(alone))
    #expect(sweep.starts.count < 20, "the seeds that tell nothing more are saved")
  }

  @Test(.long) func theReferenceDetectorWithoutAModelFileToo() throws {
    try kill(7, within: 0.4) { try .detector(steps: 30) }
  }

  /// What the trainers have reported so far.
  private func reported(_ sweep: SweepFixture) throws -> [Data?] {
    try sweep.plan.trials.map {
      FileManager.default.contents(atPath: sweep.results.file("metrics.jsonl", ofTrial: $0.index))
    }
  }

  private func kill(
    _ times: Int, within seconds: Double, _ fixture: () throws -> SweepFixture
  ) throws {
    let undisturbed = try fixture()
    #expect(try start(undisturbed).status() == 0)
    let expected = try results(undisturbed)
    #expect(expected.compactMap(\.self).allSatisfy { [.finished, .stopped].contains($0.status) })

    let sweep = try fixture()
    var random = SeededGenerator(seed: 20)
    for _ in 0..<times {
      let before = try reported(sweep)
      let process = try start(sweep)
      // A trainer may take longer to begin than it lives then.
      while process.isRunning, try reported(sweep) == before {
        Thread.sleep(forTimeInterval: 0.01)
      }
      Thread.sleep(forTimeInterval: Double.random(in: 0..<seconds, using: &random))
      process.kill()
    }
    #expect(try start(sweep).status() == 0)
    #expect(try results(sweep) == expected)
    let report = try SweepReport(sweep.plan, in: sweep.results)
    #expect(report.states.allSatisfy { ["finished", "stopped"].contains($0.word) })
    #expect(sweep.starts.keys == undisturbed.starts.keys)
    #expect(
      FolderContents(sweep.results.path).names == FolderContents(undisturbed.results.path).names,
      "nothing is left of the killed ones")
  }

  @Test func twoProcessesRunEachTrialOnce() throws {
    let sweep = try fixture()
    let processes = [try start(sweep), try start(sweep)]
    #expect(processes.map { $0.status() } == [0, 0])
    #expect(sweep.starts.count == 12 && sweep.starts.values.allSatisfy { $0 == 1 })
    #expect(try results(sweep).allSatisfy { $0?.status == .finished })
  }

  @Test func theOtherProcessTakesOverWhatAKilledOneRan() throws {
    let sweep = try fixture()
    let (first, second) = (try start(sweep), try start(sweep))
    Thread.sleep(forTimeInterval: 0.4)
    first.kill()
    #expect(second.status() == 0)
    #expect(try results(sweep).allSatisfy { $0?.status == .finished })
  }

  @Test func aTrainerEndsWithTheProcessThatStartedIt() throws {
    let sweep = try SweepFixture(
      command: #"["/bin/sh", "-c", "touch \"$0/begun\"; sleep 600", "{out}"]"#)
    let process = try start(sweep)
    let begun = sweep.results.file("begun", ofTrial: 1)
    while !FileManager.default.fileExists(atPath: begun) { Thread.sleep(forTimeInterval: 0.02) }
    #expect(sweep.results.isRunning(1))
    process.kill()
    // The shell that waits for the pipe's end needs a moment, and has five seconds.
    for _ in 0..<300 where sweep.results.isRunning(1) { Thread.sleep(forTimeInterval: 0.02) }
    #expect(!sweep.results.isRunning(1))
  }
}
