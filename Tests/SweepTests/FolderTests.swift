import Foundation
import LossKit
import ResourceLimits
import Sweep
import TestSupport
import Testing

@Suite struct FolderTests {
  @Test func settingsThatChangeNoResultMayChange() throws {
    let sweep = try SweepFixture(more: ", \"concurrency\": 1, \"time_limit\": 60")
    try sweep.run()
    try sweep.change("\"concurrency\": 1, \"time_limit\": 60", "\"description\": \"x\"")
    #expect(sweep.complaint == "")
  }

  /// What a folder can't keep is told before a trial begins, and what it keeps can be read again.
  @Test(arguments: [124, 125])
  func aDeepSetting(keys: Int) throws {
    let sweep = try SweepFixture()
    try sweep.change(
      "\"parameters\": {",
      "\"parameters\": { \"model\(String(repeating: ".a", count: keys))\": { \"value\": 1 }, ")
    let complaint = sweep.complaint
    #expect(complaint.contains("sweep.json: ") == (keys == 125), "\(complaint)")
    #expect(sweep.starts.isEmpty == (keys == 125))
    if keys == 124 { #expect(sweep.complaint == "") }
  }

  @Test func aDamagedFolder() throws {
    let sweep = try SweepFixture()
    try sweep.run()
    let result = sweep.results.file("result.json", ofTrial: 1)
    try Data("{".utf8).write(to: URL(filePath: result))
    #expect(sweep.complaint == "\(result): is damaged; remove it, and run the sweep again")
    try Data(count: Limits.resultBytes).write(to: URL(filePath: result))
    #expect(sweep.complaint == "\(result): is damaged; remove it, and run the sweep again")
    try Data(count: Limits.resultBytes + 1).write(to: URL(filePath: result))
    #expect(
      sweep.complaint
        == "\(result): has 8000001 bytes; expected 8000000 at most: remove it, and run the sweep again"
    )
    try Data("{".utf8).write(to: URL(filePath: sweep.results.file("sweep.json")))
    #expect(sweep.complaint.contains("sweep.json: is damaged: "))
    // A file with holes, which takes no room.
    let definition = sweep.results.file("sweep.json")
    try #require(truncate(definition, Limits.fileBytes + 1) == 0)
    #expect(sweep.complaint.contains("has 4294967297 bytes; expected 4294967296 at most"))
  }

  @Test func aFolderThatCantBeMade() throws {
    let sweep = try SweepFixture()
    try sweep.folder.write("", to: "out")
    #expect(sweep.complaint.contains("/out/: can't be made a folder: "))
  }

  /// A file system that is full, where there is one that always is.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aFullDisk() throws {
    let sweep = try SweepFixture(
      command: #"["/bin/sh", "-c", "ln -sf /dev/full \"$0/result.json\"", "{out}"]"#)
    #expect(sweep.complaint.contains("result.json: "))
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
