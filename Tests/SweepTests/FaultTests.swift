import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// Writes that fail, and processes that are killed at one: run again, all ends as if nothing had been.
@Suite(.enabled(if: LossKitProcess.exists)) struct FaultTests {
  /// Runs the command, with trainers of one step, and answers its status: that of a shell where a signal
  /// ends it.
  private func status(_ arguments: [String], fault: Int? = nil) throws -> Int32 {
    var environment = ["STEPS": "1"]
    environment["LOSSKIT_FAULT"] = fault.map { "\($0)" }
    return try LossKitProcess(arguments, environment: environment).status()
  }

  @Test(.long, arguments: [1, -1])
  func everyWriteOfASweep(sign: Int) throws {
    let sweep = try SweepFixture(seeds: "[1]")
    let out = sweep.results.path
    func run(fault: Int? = nil) throws -> Int32 {
      try status(["sweep", "run", sweep.file, "--out", out, "--concurrency", "1"], fault: fault)
    }
    #expect(try run() == 0)
    let expected = FolderContents(out)
    var call = 1
    while true {
      try FileManager.default.removeItem(atPath: out)
      let status = try run(fault: sign * call)
      if status == 0 { break }
      try #require(status == (sign > 0 ? 1 : SIGKILL), "call \(call)")
      try #require(try run() == 0, "call \(call)")
      #expect(try sweep.values == [0.11, 0.21], "call \(call)")
      #expect(FolderContents(out).differences(from: expected) == [], "call \(call)")
      call += 1
    }
    #expect(call > 44, "eleven files of four calls each")
  }

  /// Not every write, as a training takes longer: a checkpoint alone has dozens.
  @Test(.long, arguments: [1, -1])
  func writesOfATraining(sign: Int) throws {
    let folder = try TemporaryFolder()
    let model = try folder.write(
      """
      { "model": { "channels": [16, 16, 32], "strides": [2, 2, 2], "map_channels": 32,
                   "roi_channels": [32] },
        "training": { "batch": 2, "steps": 3, "log_every": 1, "checkpoint_every": 1 } }
      """, to: "model.json")
    func train(_ run: String, fault: Int? = nil) throws -> Int32 {
      try status(
        [
          "train", "--recipe", Reference.path("Configs/recipes/reference_detector.json"),
          "--model", model, "--data", "scenes:size=64x48,count=4",
          "--validation", "scenes:size=64x48,count=2,split=held_out", "--out", folder.path(run),
        ], fault: fault)
    }
    #expect(try train("undisturbed") == 0)
    let expected = FolderContents(folder.path("undisturbed"))
    var call = sign > 0 ? 3 : 5
    while try train("\(call)", fault: sign * call) != 0 {
      #expect(try train("\(call)") == 0, "call \(call)")
      #expect(
        FolderContents(folder.path("\(call)")).differences(from: expected) == [], "call \(call)")
      call += 19
    }
    #expect(call > 100)
  }
}
