import Foundation
import LossKit
import ResourceLimits
import Sweep
import TestSupport
import Testing

@Suite struct FolderTests {
  /// Replaces a text in the sweep file.
  private func change(_ sweep: SweepFixture, _ old: String, _ new: String) throws {
    let text = try String(contentsOfFile: sweep.file, encoding: .utf8)
    let changed = text.replacingOccurrences(of: old, with: new)
    try #require(changed != text)
    try sweep.folder.write(changed, to: "sweep.json")
  }

  private func complaint(_ sweep: SweepFixture) -> String {
    do {
      try sweep.run()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func aChangedSweepIsRefusedWithWhatChanged() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    try change(sweep, "[0.1, 0.2]", "[0.1, 0.3]")
    let message = complaint(sweep)
    #expect(message.contains("holds the results of another sweep; take the changes back"))
    #expect(message.contains("variants.\"beta=0.2\": "))
    #expect(message.contains("variants.\"beta=0.3\": — → {"))
    #expect(throws: SweepError.self) { try SweepReport(try sweep.plan, in: sweep.results) }
  }

  @Test func aChangedRecipeIsRefused() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    try sweep.folder.write(
      baseRecipe.replacingOccurrences(of: "\"count\": 256", with: "\"count\": 128"),
      to: "base.json")
    #expect(
      complaint(sweep).contains(
        "variants.\"beta=0.1\".recipe.stages.rpn.sampler.count: 256 → 128"))
  }

  @Test func settingsThatChangeNoResultMayChange() throws {
    let sweep = try SweepFixture(more: ", \"concurrency\": 1, \"time_limit\": 60")
    try sweep.run()
    try change(sweep, "\"concurrency\": 1, \"time_limit\": 60", "\"description\": \"x\"")
    #expect(complaint(sweep) == "")
  }

  /// What a folder can't keep is told before a trial begins, and what it keeps can be read again.
  @Test(arguments: [124, 125])
  func aDeepSetting(keys: Int) throws {
    let sweep = try SweepFixture()
    try change(
      sweep, "\"parameters\": {",
      "\"parameters\": { \"model\(String(repeating: ".a", count: keys))\": { \"value\": 1 }, ")
    let complaint = complaint(sweep)
    #expect(complaint.contains("sweep.json: ") == (keys == 125), "\(complaint)")
    #expect(sweep.starts.isEmpty == (keys == 125))
    if keys == 124 { #expect(self.complaint(sweep) == "") }
  }

  @Test func seedsMayBeAddedAtTheEnd() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    try change(sweep, "[1, 2]", "[1, 2, 3]")
    #expect(complaint(sweep) == "")
    #expect(sweep.starts.values.allSatisfy { $0 == 1 } && sweep.starts.count == 6)
    #expect(try sweep.values == [0.11, 0.21, 0.12, 0.22, 0.13, 0.23])
    try change(sweep, "[1, 2, 3]", "[2, 1, 3]")
    #expect(complaint(sweep).contains("seeds.0: 1 → 2"))
    try change(sweep, "[2, 1, 3]", "[1, 2]")
    #expect(complaint(sweep).contains("seeds: [1,2,3] → [1,2]"))
  }

  @Test func aDamagedFolder() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    let result = sweep.results.file("result.json", ofTrial: 1)
    try Data("{".utf8).write(to: URL(filePath: result))
    #expect(complaint(sweep) == "\(result): is damaged; remove it, and run the sweep again")
    try Data(count: Limits.resultBytes).write(to: URL(filePath: result))
    #expect(complaint(sweep) == "\(result): is damaged; remove it, and run the sweep again")
    try Data(count: Limits.resultBytes + 1).write(to: URL(filePath: result))
    #expect(
      complaint(sweep)
        == "\(result): has 8000001 bytes; expected 8000000 at most: remove it, and run the sweep again"
    )
    try Data("{".utf8).write(to: URL(filePath: sweep.results.file("sweep.json")))
    #expect(complaint(sweep).contains("sweep.json: is damaged: "))
    // A file with holes, which takes no room.
    let definition = sweep.results.file("sweep.json")
    try #require(truncate(definition, Limits.fileBytes + 1) == 0)
    #expect(complaint(sweep).contains("has 4294967297 bytes; expected 4294967296 at most"))
  }

  @Test func aFolderThatCantBeMade() throws {
    let sweep = try SweepFixture()
    try sweep.folder.write("", to: "out")
    #expect(complaint(sweep).contains("/out/: can't be made a folder: "))
  }

  /// A file system that is full, where there is one that always is.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDisk() throws {
    let sweep = try SweepFixture(
      command: #"["/bin/sh", "-c", "ln -sf /dev/full \"$0/result.json\"", "{out}"]"#)
    #expect(complaint(sweep).contains("result.json: "))
  }

  @Test func statesOfTrials() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    let folder = sweep.results
    try FileManager.default.removeItem(atPath: folder.file("result.json", ofTrial: 0))
    try FileManager.default.removeItem(atPath: folder.trial(3))
    let states = try (0..<4).map { try folder.state($0).word }
    #expect(states == ["interrupted", "finished", "finished", "open"])
  }

  @Test func aReportNeedsResults() throws {
    let sweep = try SweepFixture()
    let error = #expect(throws: SweepError.self) {
      try SweepReport(try sweep.plan, in: sweep.results)
    }
    #expect(error?.problem.hasPrefix("holds no results; run the sweep first") == true)
  }
}
