import Foundation
import LossKit
import ResourceLimits
import TestSupport
import Testing

@testable import Sweep
@testable import TrainingLogs

/// What is read of a trainer's files, at the limits and beyond.
@Suite struct LimitTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func history(_ log: String) throws -> TrainingHistory {
    TrainingHistory(contentsOf: try folder.write(log, to: "metrics.jsonl"), metric: "AP50")
  }

  /// The texts of so many members.
  private func members(_ count: Int) -> String {
    (0..<count).map { "\"n\($0)\": 1" }.joined(separator: ",")
  }

  @Test(arguments: [0, 1]) func aLongLine(beyond: Int) throws {
    let (start, end) = (#"{"AP50": 0.5"#, "}")
    let spaces = Limits.logLineBytes + beyond - start.utf8.count - end.utf8.count
    let line = start + String(repeating: " ", count: spaces) + end
    let history = try history("{\"AP50\": 0.25}\n\(line)\n")
    #expect(history.unreadable == beyond)
    let isRead = history.outcome == .value(0.5) && history.metrics == ["AP50": 0.5]
    #expect(isRead == (beyond == 0))
  }

  @Test(arguments: [0, 1]) func manyMetrics(beyond: Int) throws {
    let others = Limits.logMetrics - 1 + beyond
    let history = try history(#"{\#(members(others)), "AP50": 0.5}"#)
    #expect(history.outcome == .value(0.5))
    let metrics = history.metrics
    #expect(metrics.count == Limits.logMetrics && metrics["AP50"] == 0.5)
    #expect(metrics.keys.contains("n\(Limits.logMetrics - 2)"))
    #expect(!metrics.keys.contains("n\(Limits.logMetrics - 1)"))
    #expect(history.known.count == Limits.logMetrics)
  }

  @Test(arguments: [0, 1]) func manyNamesOfAGroup(beyond: Int) throws {
    let terms = members(Limits.logNames + beyond)
    let history = try history(#"{"step": 1, "loss": 1, "terms": {\#(terms)}}"#)
    #expect(history.crowded == (beyond == 0 ? [] : ["terms"]))
    #expect(history.steps.first?.groups["terms"]?.count == (beyond == 0 ? Limits.logNames : nil))
  }

  /// All evaluations of a long log, and a few of the other lines, which aren't even parsed.
  @Test func aLogOfManyBytes() throws {
    let lines = (1...2000).map {
      $0.isMultiple(of: 200)
        ? #"{"step": \#($0), "AP50": 0.5}"# : #"{"step": \#($0), "loss": 1}"#
    }
    let path = try folder.write(lines.joined(separator: "\n"), to: "metrics.jsonl")
    let size = lines.reduce(-1) { $0 + 1 + $1.utf8.count }
    func history(_ bytes: Int) -> TrainingHistory {
      TrainingHistory(contentsOf: path, metric: "AP50", bytes: bytes)
    }
    #expect(history(size + 1).steps.count == 1990 && history(size + 1).interval == 1)
    let short = history(size / 40 + 1)
    #expect(short.steps.count == 40 && short.interval == 40 && short.steps[0].step == 40)
    #expect(short.values.map(\.step) == stride(from: 200, through: 2000, by: 200).map(Double.init))
  }

  @Test(arguments: [0, 1]) func manyLines(beyond: Int) {
    var sample = EvenSample<Int>()
    for line in 0..<Limits.logLines + beyond { sample.add(line) }
    #expect(sample.interval == 1 + beyond)
    #expect(sample.elements.count == (beyond == 0 ? Limits.logLines : Limits.logLines / 2 + 1))
  }

  /// Up to the limit the file is read, and found to be no JSON.
  @Test func detectionsOfManyBytes() throws {
    func problem(_ count: Int) throws -> String? {
      let path = try folder.write([UInt8](repeating: 0, count: count), to: "detections.json")
      return #expect(throws: Diagnostics.self) { try SampleDetections(contentsOf: path) }?
        .all.first?.message
    }
    #expect(try problem(Limits.detectionsBytes)?.hasPrefix("has ") == false)
    #expect(
      try problem(Limits.detectionsBytes + 1)
        == "has 8000001 bytes; expected 8000000 or fewer, of a few images")
  }

  @Test(arguments: [0, 1]) func manySamplesAndDetections(beyond: Int) throws {
    let found = (0..<Limits.sampleDetections + beyond).map {
      #"{ "class": "a", "score": \#($0), "box": [0, 0, 1, 1] }"#
    }
    let images = (0..<Limits.samples + beyond).map {
      """
      { "file": "\($0).png", "width": 8, "height": 8, \
      "detections": [\($0 == 0 ? found.joined(separator: ",") : "")] }
      """
    }
    let path = try folder.write(
      "{ \"images\": [\(images.joined(separator: ","))] }", to: "detections.json")
    let samples = try #require(try SampleDetections(contentsOf: path)).samples
    #expect(samples.count == Limits.samples)
    let scores = samples.first?.detections.map(\.score)
    // Those that are left out have the lowest scores.
    #expect(scores == (beyond..<Limits.sampleDetections + beyond).reversed().map(Double.init))
  }

  @Test(arguments: [0, 1]) func imagesOfManyBytes(beyond: Int) throws {
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    let small = try folder.write(png, to: "small.png")
    let rest = Limits.pageImageBytes - png.count + beyond
    let large = try folder.write(
      png + [UInt8](repeating: 0, count: rest - png.count), to: "large.png")
    let files = [small, large].map {
      #"{ "file": "\#($0)", "width": 8, "height": 8, "detections": [] }"#
    }
    let path = try folder.write(
      "{ \"images\": [\(files.joined(separator: ","))] }", to: "detections.json")
    var images = SampleImages(try SweepFixture().plan)
    images.add(
      try #require(try SampleDetections(contentsOf: path)), variant: 0, seed: 1)
    #expect(images.entries.count == 2 - beyond)
    #expect(images.problems.count == beyond)
    #expect(images.problems.allSatisfy { $0.contains("a page holds 2000000 bytes of images") })
  }
}
