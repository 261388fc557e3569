import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

@Suite struct RunningTests {
  @Test func aSweepRunsAllTrials() throws {
    let sweep = try SweepFixture()
    let events = try sweep.run(concurrency: 2)
    #expect(events.count == 10, "two for each trial, what there is to run, and that it is done")
    #expect(try sweep.values == [0.11, 0.21, 0.12, 0.22])
    #expect(sweep.starts == ["0000": 1, "0001": 1, "0002": 1, "0003": 1])
    let folder = sweep.results
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.trial(2)).sorted()
    #expect(
      names == [
        "log.txt", "metrics.jsonl", "model.json", "recipe.json", "result.json", "step",
        "trial.json",
      ])
    let recipe = try DetectionRecipe(
      contentsOf: folder.file("recipe.json", ofTrial: 3), registry: try .builtIn())
    #expect(recipe.node == (try sweep.plan.variants[1].recipe))
    #expect(try folder.result(2)?.metrics == ["AP50": 0.12, "AP": 0.25])
  }

  @Test func runAgainNothingHappens() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    #expect(try sweep.run().count == 1, "there is nothing to run")
    #expect(sweep.starts.values.allSatisfy { $0 == 1 })
  }

  @Test func aTrialGoesOnFromItsCheckpoint() throws {
    let sweep = try SweepFixture()
    let folder = sweep.results
    try FileManager.default.createDirectory(
      atPath: folder.trial(1), withIntermediateDirectories: true)
    try Data("7".utf8).write(to: URL(filePath: folder.file("step", ofTrial: 1)))
    try sweep.run()
    let lines = try String(
      contentsOfFile: folder.file("metrics.jsonl", ofTrial: 1), encoding: .utf8
    ).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(try sweep.values[1] == 0.21)
  }

  @Test func failuresAreRecordedAndTheOthersGoOn() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.troubled, seeds: "[1, 2, 3, 4, 5]", values: "[0.1]",
      more: ", \"time_limit\": 0.5")
    try sweep.run(concurrency: 5)
    let results = try sweep.plan.trials.map { try #require(try sweep.results.result($0.index)) }
    #expect(results.map(\.status) == [.finished, .failed, .timedOut, .failed, .failed])
    #expect(results[0].value == 0.5)
    #expect(results[1].reason == "the command ended with status 3: no space on device")
    #expect(results[2].reason == "took longer than the time limit of 0.5 s")
    #expect(
      results[3].reason == """
        no line of metrics.jsonl has the metric "AP50"; there are AP, AP50x; 1 lines aren't JSON; \
        did you mean "AP50x"?
        """)
    #expect(results[4].reason?.hasPrefix("the command was ended by signal 11") == true)
    // The one that hung is gone, its child too: nobody has the log open any more.
    #expect(!sweep.results.isRunning(2))
  }

  @Test func whatFailedRunsAgainOnlyWhenAsked() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.troubled, seeds: "[1, 2, 4, 5]", values: "[0.1]")
    try sweep.run()
    try sweep.run()
    #expect(sweep.starts == ["0000": 1, "0001": 1, "0002": 1, "0003": 1])
    try sweep.run(retry: true)
    #expect(sweep.starts == ["0000": 1, "0001": 2, "0002": 2, "0003": 2])
  }

  /// Each of those that run at once has a number of its own, and the command runs beside the sweep file.
  @Test func slotsAndTheFolder() throws {
    let sweep = try SweepFixture(
      seeds: "[1, 2, 3]",
      command:
        #"["/bin/sh", "-c", "cat base.json > /dev/null && echo $1 > \"$0/slot\"; sleep 0.3", "{out}", "{slot}"]"#
    )
    try sweep.run(concurrency: 3)
    let slots = try sweep.plan.trials.map {
      try String(contentsOfFile: sweep.results.file("slot", ofTrial: $0.index), encoding: .utf8)
    }
    #expect(Set(slots.prefix(3)) == ["0\n", "1\n", "2\n"])
    #expect(Set(slots).count == 3)
    let runner = SweepRunner(try sweep.plan, in: sweep.results, losskit: "losskit")
    #expect(runner.concurrency == 1, "a trainer of one's own may need a device")
  }

  @Test func aCommandThatIsMissing() throws {
    let sweep = try SweepFixture(command: #"["no-such-trainer-here", "{out}"]"#)
    try sweep.run()
    let reason = try #require(try sweep.results.result(0)?.reason)
    #expect(reason.hasPrefix("the command wasn't found: "))
  }

  @Test func placeholders() throws {
    let sweep = try SweepFixture(
      command: #"""
        ["/bin/sh", "-c", "printf '{\"step\": 1, \"AP50\": %s}' $1 > \"$2/metrics.jsonl\"; shift 2; echo ${HOME:-x} {Seed} \"$@\" > \"$0\"",
         "{out}/words", "{seed}", "{out}", "{data}-{index}", "{threads}", "{losskit}", "{model}"]
        """#, more: ", \"data\": \"base.json\"")
    try sweep.run(concurrency: 4)
    let folder = sweep.results
    let words = try String(contentsOfFile: folder.file("words", ofTrial: 3), encoding: .utf8)
      .split(separator: " ").dropFirst().joined(separator: " ")
    let threads = max(1, ProcessInfo.processInfo.activeProcessorCount / 4)
    let model = folder.file("model.json", ofTrial: 3)
    #expect(
      words == "{Seed} \(sweep.folder.path("base.json"))-3 \(threads) losskit \(model)\n")
    #expect(try sweep.values == [1, 1, 2, 2])
  }

  @Test func oneTrialAlone() throws {
    let sweep = try SweepFixture()
    let runner = SweepRunner(try sweep.plan, in: sweep.results, losskit: "losskit")
    #expect(try runner.run(trial: 3).value == 0.22)
    #expect(try runner.run(trial: 3).value == 0.22)
    #expect(sweep.starts == ["0003": 1])
    let error = #expect(throws: SweepError.self) { try runner.run(trial: 4) }
    #expect(error?.description == "sweep: has no trial 4; they are 0 to 3")
    try sweep.run()
    #expect(sweep.starts == ["0000": 1, "0001": 1, "0002": 1, "0003": 1])
  }

  @Test func trainersAreToldOfPlugins() throws {
    let sweep = try SweepFixture(
      command: ##"["/bin/sh", "-c", "echo \"$LOSSKIT_PLUGINS\" > \"$0/plugins\"", "{out}"]"##)
    func run(_ plugins: [String]) throws -> String {
      let runner = SweepRunner(
        try sweep.plan, in: sweep.results, losskit: "losskit", plugins: plugins)
      _ = try runner.run(trial: 0, retry: true)
      return try String(
        contentsOfFile: sweep.results.file("plugins", ofTrial: 0), encoding: .utf8)
    }
    let inherited = try run([])
    let both = try run(["/a/../b/libone.so", "/c d/libtwo.so"])
    let before = inherited == "\n" ? "" : inherited.dropLast() + ":"
    #expect(both == "\(before)/b/libone.so:/c d/libtwo.so\n")
    let error = #expect(throws: SweepError.self) { try run(["/a:b/libone.so"]) }
    #expect(
      error?.description == "/a:b/libone.so: has a colon in its path, which LOSSKIT_PLUGINS can't "
        + "hold; move the library")
  }
}
