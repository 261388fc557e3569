import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

@Suite struct ReportTests {
  private func fixture() throws -> SweepFixture {
    try SweepFixture(
      trainer: FakeTrainer.talkative, seeds: "[1, 2, 3]", values: "[0.1, 0.05, 0.5, 2.0]",
      more: #", "name": "A <b>sweep</b>", "description": "\"quoted\", & more""#)
  }

  private func report(_ sweep: SweepFixture) throws -> SweepReport {
    try SweepReport(try sweep.plan, in: sweep.results)
  }

  @Test func theTableHasARowATrial() throws {
    let sweep = try fixture()
    try sweep.run()
    try report(sweep).write()
    let text = try String(contentsOfFile: sweep.results.file("results.csv"), encoding: .utf8)
    let lines = text.components(separatedBy: "\r\n")
    #expect(
      lines[0]
        == "trial,variant,seed,stages.rpn.terms.box.loss.beta,status,AP50,AP,seconds,reason")
    #expect(lines.count == 14 && lines[13].isEmpty)
    #expect(lines[2].hasPrefix("1,beta=0.05,1,0.05,finished,0."))
    #expect(lines[12].hasPrefix("11,beta=2,3,2.0,failed,,,"))
    #expect(
      lines[12].hasSuffix(
        #","the command ended with status 1: Error: <script>alert(""x"")</script> & out of memory""#
      ))
  }

  @Test func thePageEscapesWhatOthersWrote() throws {
    let sweep = try fixture()
    try sweep.run()
    let path = try report(sweep).write()
    #expect(path == sweep.results.file("report.html"))
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.contains("<h1>A &lt;b&gt;sweep&lt;/b&gt;</h1>"))
    #expect(page.contains("&quot;quoted&quot;, &amp; more"))
    #expect(page.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"))
    #expect(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"))
    #expect(page.contains("src=\"data:image/png;base64,iVBORw0KGgo=\""))
    for title in [
      "Ranking", "Failed trials", "Parameters", "Learning curves", "Shares of the gradient",
      "Sample detections", "What differs", "Trials", "How to read this",
    ] {
      #expect(page.contains("<h2>\(title)</h2>"), "\(title)")
    }
  }

  /// Every element that is opened is closed, in its order.
  @Test func thePageIsWellFormed() throws {
    let sweep = try fixture()
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    var open: [Substring] = []
    for tag in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) where tag.2 != "meta" && tag.2 != "img" {
      if tag.1.isEmpty {
        open.append(tag.2)
      } else {
        #expect(open.popLast() == tag.2)
      }
    }
    #expect(open.isEmpty)
  }

  @Test func withoutResultsThereIsAPageToo() throws {
    let sweep = try fixture()
    let runner = SweepRunner(try sweep.plan, in: sweep.results, losskit: "losskit")
    _ = try runner.run(trial: 11)
    let report = try report(sweep)
    #expect(report.comparison.best == nil)
    let page = try String(contentsOfFile: try report.write(), encoding: .utf8)
    #expect(page.contains("No trial has ended with a value yet."))
    _ = try runner.run(trial: 2)
    let first = try self.report(sweep)
    #expect(first.comparison.best == 2 && first.comparison.rows[0].estimate?.interval == nil)
    try first.write()
  }

  @Test func theSameResultsMakeTheSamePage() throws {
    let sweep = try fixture()
    try sweep.run()
    let first = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    let second = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    let isSame = first == second
    #expect(isSame)
  }
}
