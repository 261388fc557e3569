import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// How trainers end, with children that they leave behind.
@Suite struct TrainerEndTests {
  /// What came of a trial that runs a shell script, whose first argument is the trial's folder.
  private func result(_ script: String, timeLimit: Double? = nil) throws -> TrialResult {
    try results([script], timeLimit: timeLimit)[0]
  }

  /// What came of trials that run a shell script each, in the order of the scripts.
  private func results(_ scripts: [String], timeLimit: Double? = nil) throws -> [TrialResult] {
    let sweep = try sweep(scripts, timeLimit: timeLimit)
    try sweep.run(concurrency: scripts.count)
    return try sweep.plan.trials.map { try #require(try sweep.results.result($0.index)) }
  }

  private func sweep(_ scripts: [String], timeLimit: Double? = nil) throws -> SweepFixture {
    let sweep = try SweepFixture(
      seeds: "\(Array(scripts.indices))", values: "[0.1]",
      command: #"["/bin/sh", "-c", ". \"$0/../../../$1.sh\"", "{out}", "{seed}"]"#,
      more: timeLimit.map { ", \"time_limit\": \($0)" } ?? "")
    for (index, script) in scripts.enumerated() {
      try sweep.folder.write(script, to: "\(index).sh")
    }
    return sweep
  }

  private static let report = #"echo '{"step": 1, "AP50": 0.5}' > "$0/metrics.jsonl""#

  @Test func theTrainersOwnEndCounts() throws {
    let result = try result("sleep 60 & \(Self.report)", timeLimit: 2)
    #expect(result.status == .finished && result.value == 0.5)
    #expect(result.seconds < 2)
  }

  /// Processes that have left the group can't be ended; they keep neither the sweep nor the trial.
  @Test(.enabled(if: Subprocess.finds("setsid")))
  func whoeverLeavesTheGroupHoldsUpNobody() throws {
    let sweep = try sweep(
      ["setsid sleep 20 & sleep 60", "setsid sleep 20 & \(Self.report)"], timeLimit: 1)
    try sweep.run(concurrency: 2)
    let results = try (0..<2).map { try #require(try sweep.results.result($0)) }
    #expect(results.map(\.status) == [.timedOut, .finished])
    #expect(results.allSatisfy { $0.seconds < 10 })
    #expect(!sweep.results.isRunning(0) && !sweep.results.isRunning(1))
  }

  /// Children that care for no signal write on and on; once the trial is over, nobody does.
  @Test func whatATrainerLeavesBehindEndsWithIt() throws {
    let child = "trap '' TERM; while :; do echo >> \"$0/ticks\"; sleep 0.02; done"
    let begun = "while [ ! -s \"$0/ticks\" ]; do sleep 0.02; done"
    let sweep = try sweep(
      ["(\(child)) & \(begun); \(Self.report)", "(\(child)) & sleep 60"], timeLimit: 1)
    try sweep.run(concurrency: 2)
    func ticks() throws -> [Int] {
      try (0..<2).map {
        try Data(contentsOf: URL(filePath: sweep.results.file("ticks", ofTrial: $0))).count
      }
    }
    let before = try ticks()
    Thread.sleep(forTimeInterval: 0.3)
    #expect(try ticks() == before)
  }

  @Test func aTrainerHasTimeToEnd() throws {
    let sweep = try sweep(
      ["trap 'sleep 0.5; echo saved > \"$0/saved\"; exit' TERM; sleep 60 & wait"], timeLimit: 1)
    try sweep.run()
    #expect(try sweep.results.result(0)?.status == .timedOut)
    #expect(FileManager.default.fileExists(atPath: sweep.results.file("saved", ofTrial: 0)))
  }

  @Test func statusesAndSignalsAreToldApart() throws {
    let reasons = try results([
      "exit 1", "exit 128", "exit 129", "exit 160", "exit 255", "kill -KILL $$", "kill -HUP $$",
      "exit 126",
    ]).map(\.reason)
    #expect(
      reasons == [
        "the command ended with status 1", "the command ended with status 128",
        "the command ended with status 129, a shell's word for signal 1",
        "the command ended with status 160", "the command ended with status 255",
        "the command was ended by signal 9", "the command was ended by signal 1",
        "the command can't be executed",
      ])
  }

  /// Neither the claim on the trial nor the pipe of the process that watches over it.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self/fd")))
  func aTrainerInheritsNoDescriptors() throws {
    let sweep = try SweepFixture(
      seeds: "[1, 2, 3, 4]", command: #"["/bin/ls", "/proc/self/fd", "{out}"]"#)
    try sweep.run(concurrency: 8)
    for trial in try sweep.plan.trials {
      let log = try String(
        contentsOfFile: sweep.results.file("log.txt", ofTrial: trial.index), encoding: .utf8)
      #expect(log.hasPrefix("/proc/self/fd:\n0\n1\n2\n3\n\n"), "3 is the folder that ls reads")
    }
  }

  @Test func aTimeLimitBeyondAllTime() throws {
    #expect(try result(Self.report, timeLimit: 1e300).value == 0.5)
  }
}

/// Signals that end a command at once.
@Suite(.enabled(if: LossKitProcess.exists)) struct SignalTests {
  @Test(arguments: [SIGTERM, SIGINT, SIGQUIT, SIGHUP])
  func aSweepEndsAndItsTrainersToo(signal: Int32) throws {
    let sweep = try SweepFixture(
      command: #"["/bin/sh", "-c", "touch \"$0/begun\"; sleep 600", "{out}"]"#)
    let process = try LossKitProcess(["sweep", "run", sweep.file, "--out", sweep.results.path])
    let begun = sweep.results.file("begun", ofTrial: 0)
    while !FileManager.default.fileExists(atPath: begun) { Thread.sleep(forTimeInterval: 0.02) }
    #expect(process.ended(by: signal))
    for _ in 0..<300 where sweep.results.isRunning(0) { Thread.sleep(forTimeInterval: 0.02) }
    #expect(!sweep.results.isRunning(0))
  }

  @Test func aTrainingEnds() throws {
    let folder = try TemporaryFolder()
    let process = try LossKitProcess([
      "train", "--recipe", Reference.path("Configs/recipes/reference_detector.json"),
      "--data", "scenes", "--out", folder.path("run"),
    ])
    while try !folder.names.contains("run") { Thread.sleep(forTimeInterval: 0.02) }
    #expect(process.ended(by: SIGQUIT))
  }

  /// A training that is told to end leaves a checkpoint, from which it goes on to the same bits.
  @Test func aTrainingEndsWithACheckpoint() throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(
      """
      { "model": { "channels": [16, 16, 32], "strides": [2, 2, 2], "map_channels": 32,
                   "roi_channels": [32] },
        "training": { "batch": 2, "steps": 40, "log_every": 1, "checkpoint_every": 40 } }
      """, to: "model.json")
    func train(_ run: String) throws -> LossKitProcess {
      try LossKitProcess([
        "train", "--recipe", Reference.path("Configs/recipes/reference_detector.json"), "--model",
        model, "--data", "scenes:size=64x48,count=4", "--validation",
        "scenes:size=64x48,count=2,split=held_out", "--out", folder.path(run),
      ])
    }
    func checkpoint(_ run: String) -> Data? {
      FileManager.default.contents(atPath: folder.path("\(run)/checkpoint.safetensors"))
    }
    #expect(try train("undisturbed").status() == 0)
    let process = try train("ended")
    while !FileManager.default.fileExists(atPath: folder.path("ended/metrics.jsonl")) {
      Thread.sleep(forTimeInterval: 0.01)
    }
    #expect(process.ended(by: SIGTERM))
    #expect(checkpoint("ended") != nil)
    let isComplete = checkpoint("ended") == checkpoint("undisturbed")
    #expect(!isComplete)
    #expect(try train("ended").status() == 0)
    let isSame = checkpoint("ended") == checkpoint("undisturbed")
    #expect(isSame)
  }

  /// A trial that is told to end gives its trainer the time of grace, and leaves no result; whoever is
  /// first to end by the signal.
  @Test func aTrialEndsWithItsTrainersCheckpoint() throws {
    let sweep = try SweepFixture(
      seeds: "[1]", values: "[0.1]",
      command: #"""
        ["/bin/sh", "-c", "trap 'sleep 0.3; echo saved > \"$0/saved\"; exit 0' TERM; echo $$ > \"$0/begun\"; sleep 600 & wait", "{out}"]
        """#, more: ", \"grace_time\": 20")
    for isTrainerFirst in [false, true] {
      let begun = sweep.results.file("begun", ofTrial: 0)
      try? FileManager.default.removeItem(atPath: begun)
      let process = try LossKitProcess([
        "sweep", "trial", sweep.file, "--out", sweep.results.path, "--index", "0",
      ])
      var trainer: pid_t?
      while trainer == nil {
        let text = try? String(contentsOfFile: begun, encoding: .utf8)
        trainer = text.flatMap { pid_t($0.trimmingCharacters(in: .newlines)) }
        Thread.sleep(forTimeInterval: 0.02)
      }
      if isTrainerFirst, let trainer { kill(trainer, SIGTERM) }
      process.send(SIGTERM)
      #expect(process.status() == 1)
      let saved = sweep.results.file("saved", ofTrial: 0)
      #expect(FileManager.default.fileExists(atPath: saved))
      try FileManager.default.removeItem(atPath: saved)
      #expect(try sweep.results.state(0) == .interrupted)
    }
  }

  @Test func aBenchmarkEnds() throws {
    let process = try LossKitProcess(["bench"])
    Thread.sleep(forTimeInterval: 1)
    #expect(process.ended(by: SIGQUIT))
  }
}
