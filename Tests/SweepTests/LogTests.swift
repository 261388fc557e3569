import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// What a trial's log makes of the trial, and of the report.
@Suite struct LogTests {
  /// What came of a trial whose trainer leaves `log`, and the pages of its report.
  private func run(_ log: some Sequence<UInt8>) throws -> (result: TrialResult, sweep: SweepFixture)
  {
    let sweep = try SweepFixture(
      seeds: "[1]", values: "[0.1]",
      command: #"["/bin/sh", "-c", "cp \"$0/../../../log\" \"$0/metrics.jsonl\"", "{out}"]"#)
    try sweep.folder.write(log, to: "log")
    try sweep.run()
    return (try #require(try sweep.results.result(0)), sweep)
  }

  private func page(_ sweep: SweepFixture) throws -> String {
    try String(contentsOfFile: SweepReport(sweep.plan, in: sweep.results).write(), encoding: .utf8)
  }

  private static let first = #"{"step": 1, "AP50": 0.5, "AP": 0.25}"#

  @Test(arguments: [
    (
      #"{"step": 2, "AP50": null}"#,
      "line 2 of metrics.jsonl, the last with the metric \"AP50\", has null for it; expected a number"
    ),
    (#"{"step": 2, "AP50": "0.6"}"#, "has a string for it"),
    (
      #"{"step": 2, "AP50": NaN}"#,
      "line 2 of metrics.jsonl, after the last with the metric \"AP50\", can't be read: JSON has no NaN"
    ),
    (#"{"step": 2, "AP50": -Infinity}"#, "can't be read: "),
    (#"{"step": 2, "AP50": 1e400}"#, "can't be read: number out of range"),
    (#"{"step": 2, "AP5"#, "can't be read: "),
    (#"{"step": 2, "AP50": 0.6}{"#, "can't be read: "),
    ("[0.6]", "can't be read: expected an object, found an array"),
    (#"{"AP50": "# + String(repeating: "[", count: 200), "can't be read: nested deeper than 128"),
    (
      #"{"AP50": 1"# + String(repeating: " ", count: 1 << 20) + "}",
      "can't be read: it has more than 1048576 bytes"
    ),
  ])
  func theLastEvaluationCountsAlone(line: String, reason: String) throws {
    let (result, _) = try run("\(Self.first)\n\(line)\n".utf8)
    #expect(result.status == .failed && result.value == nil)
    #expect(result.reason?.contains(reason) == true, "\(result.reason ?? "")")
    // What comes after it is better again.
    let (later, _) = try run("\(Self.first)\n\(line)\n{\"step\": 3, \"AP50\": 0.7}".utf8)
    #expect(later.value == 0.7 && later.metrics["AP50"] == 0.7)
  }

  @Test func linesWithoutTheMetricChangeNothing() throws {
    let (result, _) = try run("\(Self.first)\r\n\n{\"step\": 2, \"loss\": 1}\n{}\n".utf8)
    #expect(result.value == 0.5 && result.metrics == ["AP50": 0.5, "AP": 0.25])
  }

  /// Means over a hundred spans come out of any number of lines.
  @Test(arguments: [4096, 4097, 20_000])
  func aLongLogIsDrawnFromASample(count: Int) throws {
    var log = ""
    for step in 1...count { log += "{\"step\":\(step),\"loss\":\(step)}\n" }
    let (result, sweep) = try run((log + Self.first).utf8)
    #expect(result.value == 0.5)
    let page = try page(sweep)
    let interval = count == 4096 ? nil : count == 4097 ? 2 : 8
    #expect(page.contains(" is drawn.") == (interval != nil))
    if let interval { #expect(page.contains("one line of \(interval) is drawn")) }
    #expect(page.utf8.count < 60_000)
  }

  @Test func manyNamesAreCounted() throws {
    func names(_ count: Int) -> String {
      (0..<count).map { "\"n\($0)\":1" }.joined(separator: ",")
    }
    let lines = [
      #"{"step": 1, "loss": 1, "terms": {\#(names(40))}, "positives": {\#(names(41))}}"#,
      #"{"step": 2, "loss": 1, "terms": {"other": 1}}"#,
      #"{"step": 2, "AP50": 0.5, \#(names(50_000))}"#,
    ]
    let (result, sweep) = try run(lines.joined(separator: "\n").utf8)
    #expect(result.value == 0.5 && result.metrics.count == 1000)
    let page = try page(sweep)
    #expect(page.contains("Of terms no more than 40 names are drawn"))
    #expect(page.contains("Of positives no more than 40 names are drawn"))
    #expect(!page.contains("Of gradient_norms"))
    #expect(page.contains("without 899 metrics that results.csv may have"))
    #expect(page.utf8.count < 300_000)
    let (missing, _) = try run(#"{"step": 1, \#(names(50_000))}"#.utf8)
    #expect(missing.reason?.hasSuffix("and others") == true)
    #expect(missing.reason?.utf8.count ?? 0 < 300)
  }

  /// A pipe that nobody writes to would be waited for.
  @Test func aPipeIsNoLog() throws {
    let sweep = try SweepFixture(
      seeds: "[1]", values: "[0.1]",
      command:
        #"["/bin/sh", "-c", "mkfifo \"$0/metrics.jsonl\"; exit $(cat \"$0/status\")", "{out}"]"#
    )
    let folder = sweep.results
    _ = try sweep.folder.write("0", to: "out/trials/0000/status")
    try sweep.run()
    #expect(try folder.result(0)?.reason?.contains("or any other") == true)
    // What was printed isn't a file either.
    for name in ["log.txt", "result.json"] { #expect(unlink(folder.file(name, ofTrial: 0)) == 0) }
    #expect(mkfifo(folder.file("log.txt", ofTrial: 0), 0o666) == 0)
    #expect(try folder.state(0) == .interrupted)
    let error = #expect(throws: SweepError.self) { try sweep.run() }
    #expect(error?.description.hasSuffix("log.txt: is a pipe or device; remove it") == true)
    #expect(mkfifo(folder.file("result.json", ofTrial: 0), 0o666) == 0)
    #expect(try folder.state(0) == .interrupted)
  }

  @Test func anArgumentWithANullCharacter() throws {
    let sweep = try SweepFixture(seeds: "[1]", command: #"["true\u0000", "{out}"]"#)
    let error = #expect(throws: SweepError.self) { try sweep.run() }
    #expect(
      error?.problem == #"can't be given "true\u0000": an argument holds no character U+0000"#)
  }
}
