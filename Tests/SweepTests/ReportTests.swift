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
        == "trial,variant,seed,stages.rpn.terms.box.loss.beta,status,AP50,AP,seconds,version,reason"
    )
    #expect(lines.count == 14 && lines[13].isEmpty)
    #expect(lines[2].hasPrefix("1,beta=0.05,1,0.05,finished,0."))
    #expect(lines[12].hasPrefix("11,beta=2,3,2.0,failed,,,"))
    #expect(
      lines[12].hasSuffix(
        #","the command ended with status 1: Error: <script>alert(""x"")</script> & out of memory""#
      ))
  }

  @Test func theTableDoesNotSteerATerminal() throws {
    let trainer = #"""
      #!/bin/sh
      printf '{"step": 1, "AP50": 0.5, "\\u001b[2J\\nx,": 1}\n' > "$3/metrics.jsonl"
      [ "$2" = 1 ] && exit 0
      printf 'written \342\200\256backwards\n' >&2
      exit 1

      """#
    let sweep = try SweepFixture(trainer: trainer, values: "[0.1]")
    try sweep.run()
    try report(sweep).write()
    let text = try String(contentsOfFile: sweep.results.file("results.csv"), encoding: .utf8)
    #expect(text.contains(#","\u001B[2J\nx,","#) && text.contains(#"written \u202Ebackwards"#))
    #expect(text.components(separatedBy: "\r\n").count == 4)
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
    #expect(page.ranges(of: "<script>const slider").count == 1)
    #expect(page.ranges(of: "<script").count == 1, "but for its own")
    #expect(!page.contains("http:") && !page.contains("https:"))
    for title in [
      "Ranking", "Who beats whom", "Failed trials", "Trade-offs", "Parameters", "Errors",
      "Learning curves",
      "Shares of the gradient",
      "Sample detections", "What differs", "Trials", "How to read this",
    ] {
      #expect(page.contains("<h2>\(title)</h2>"), "\(title)")
    }
  }

  /// The image is there once, for all four variants; labels that would cover others are left out.
  @Test func thePageHasEachSampleImageOnce() throws {
    let sweep = try fixture()
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(page.ranges(of: "href=\"data:image/png;base64,iVBORw0KGgo=\"").count == 1)
    #expect(page.ranges(of: "<use href=\"#sample-0\">").count == 5, "the ground truth beside four")
    #expect(page.ranges(of: #/<rect class="k[01]" x="/#).count == 1 + 4 * 21, "from 0.5 on")
    #expect(page.ranges(of: #/<rect class="k[01] under" x="/#).count == 4 * 9)
    #expect(page.contains("<figcaption>ground truth</figcaption>"))
    #expect(page.contains("<output id=\"least\">0.50</output> or more"))
    let labels = page.ranges(of: #/<text class="k[01]( under)?" x="/#).count
    #expect(labels >= 4 * 5 && labels < 4 * 30)
    #expect(page.contains(">&lt;b&gt; &amp; co 1.00</text>"))
    // What lies outside of the image is cut off: the first box begins at -10 of 160.
    #expect(page.contains(#"<rect class="k0" x="0.00%" y="0.00%" width="6.25%" height="#))
  }

  /// Why samples aren't shown, where a trainer of one's own writes what can't be read.
  @Test func thePageSaysWhichSamplesCanNotBeShown() throws {
    let sweep = try fixture()
    try sweep.run()
    func write(_ text: String, trial: Int) throws {
      let path = sweep.results.file("detections.json", ofTrial: trial)
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    func image(_ file: String, _ more: String) -> String {
      #"{ "images": [{ "file": "\#(file)", "height": 9, \#(more) }] }"#
    }
    try write(image("none.png", #""width": 8, "detections": []"#), trial: 0)
    try write(image("metrics.jsonl", #""width": 8, "detections": []"#), trial: 1)
    try write(image("sample.png", #""width": 0, "detections": {}"#), trial: 2)
    try write(
      image(
        "sample.png",
        #""width": 8, "detections": [{ "class": "disc", "score": 1, "box": [4, 0, 3, 8] }]"#),
      trial: 3)
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    for problem in [
      "0000/detections.json:1:24: &quot;none.png&quot; can't be read as a PNG or JPEG image",
      "0001/detections.json:1:24: &quot;metrics.jsonl&quot; can't be read as a PNG or JPEG image",
      "0002/detections.json:1:60: images.0.width: is 0; expected ≥ 1",
      "0003/detections.json:1:116: images.0.detections.0.box: expected the four numbers x1, y1, x2 "
        + "and y2, the lesser ones first",
    ] {
      let isTold = page.contains(problem)
      #expect(isTold, "\(problem)")
    }
    // The next seed of the last two has what can be shown.
    #expect(page.ranges(of: "<use ").count == 3)
    #expect(page.contains("<figcaption>beta=0.5, seed 2</figcaption>"))
  }

  /// A page is passed on: whoever writes what a model finds can't put other people's images into it.
  @Test func thePageShowsNoImagesFromElsewhere() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.talkative, seeds: "[1]", values: "[0.1, 0.05, 0.5]",
      more: #", "data": "data/train.json", "validation": "held_out""#)
    try sweep.folder.write("{}", to: "data/train.json")
    try sweep.run()
    func image(_ number: UInt8, _ name: String) throws -> String {
      try sweep.folder.write([0x89, 0x50, 0x4E, 0x47, number] as [UInt8], to: name)
    }
    let trial = sweep.results.trial(0)
    let secret = try image(1, "secret.png")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: trial + "/link.png", withDestinationPath: secret)
    try files.createSymbolicLink(
      atPath: trial + "/up", withDestinationPath: sweep.folder.path(""))
    try files.createSymbolicLink(atPath: trial + "/own.png", withDestinationPath: "sample.png")
    _ = try image(2, "out/trials/0000-more/beside.png")
    #expect(mkfifo(trial + "/pipe.png", 0o666) == 0)
    func shown(_ names: [String]) throws -> (images: Int, page: String) {
      let samples = names.map {
        #"{ "file": "\#($0)", "width": 8, "height": 9, "detections": [] }"#
      }
      for index in 0..<3 {
        try files.removeItem(atPath: sweep.results.file("detections.json", ofTrial: index))
        if index == 0 {
          try Data(#"{ "images": [\#(samples.joined(separator: ","))] }"#.utf8)
            .write(to: URL(filePath: trial + "/detections.json"))
        } else {
          try Data("{ \"images\": [] }".utf8)
            .write(to: URL(filePath: sweep.results.file("detections.json", ofTrial: index)))
        }
      }
      let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
      return (page.ranges(of: "<image ").count, page)
    }
    let escapes = [
      secret, "../../../secret.png", "link.png", "up/secret.png", "../0000-more/beside.png",
    ]
    let outside = try shown(escapes)
    #expect(outside.images == 0)
    #expect(
      outside.page.ranges(of: "is neither in the trial’s folder").count
        + outside.page.ranges(of: "is neither in the trial's folder").count == escapes.count)
    let odd = try shown(["pipe.png", "up", ""])
    #expect(odd.images == 0 && odd.page.contains("can't be read as a PNG or JPEG image"))
    let inside = [
      "sample.png", "./own.png", trial + "/sample.png", try image(3, "data/images/1.png"),
      "../../../data/images/../2.png",
    ]
    _ = try image(4, "data/2.png")
    #expect(try shown(inside).images == 3, "the first three are one")
  }

  /// A page shows images of two million bytes in all.
  @Test func thePageDoesNotGrowWithLargeImages() throws {
    let sweep = try fixture()
    try sweep.run()
    var image = Data([0x89, 0x50, 0x4E, 0x47])
    image.append(Data(count: 1_500_000))
    for trial in 0..<4 {
      image.append(UInt8(trial))
      try image.write(to: URL(filePath: sweep.results.file("sample.png", ofTrial: trial)))
    }
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(page.utf8.count < 2_500_000 && page.ranges(of: "<use ").count == 2)
    #expect(page.contains("bytes; a page holds 2000000 bytes of images"))
  }

  /// Trials of an earlier version left a picture with the boxes on it.
  @Test func aPictureAloneIsNoSample() throws {
    let sweep = try fixture()
    try sweep.run()
    for trial in 0..<12 {
      let path = sweep.results.file("detections.json", ofTrial: trial)
      try? FileManager.default.moveItem(
        atPath: path, toPath: sweep.results.file("detections.png", ofTrial: trial))
    }
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(!page.contains("Sample detections"))
  }

  /// Every element that is opened is closed, in its order.
  @Test func thePageIsWellFormed() throws {
    let sweep = try fixture()
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    var open: [Substring] = []
    for tag in page.matches(of: /<(\/?)([a-z0-9]+)[^>]*>/) where !["meta", "input"].contains(tag.2)
    {
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

  @Test func thePageSaysWhatWasCompared() throws {
    let sweep = try fixture()
    try sweep.run()
    let page = try String(
      contentsOfFile: try report(sweep).write(version: "LossKit 9.8.7"), encoding: .utf8)
    for (term, value) in [
      ("trials", "12: 11 finished, 1 failed"), ("metric", "AP50, more is better"),
      ("base recipe", "base.json"), ("trained with", "scenes"), ("steps", "300"),
      ("sweep file", "sweep.json"), ("report by", "LossKit 9.8.7"),
    ] {
      #expect(page.contains("<dt>\(term)</dt><dd>\(value)</dd>"), "\(term)")
    }
    #expect(page.contains("trainer.sh {recipe} {seed} {out}</dd>"))
    #expect(page.contains(#/<dt>run<\/dt><dd>20\d\d-\d\d-\d\d \d\d:\d\d to 20.* UTC<\/dd>/#))
  }

  /// What failed with all seeds has no plot, and says so.
  @Test func failuresAreTold() throws {
    let sweep = try SweepFixture(
      trainer: """
        #!/bin/sh
        grep -q '"beta": 0.2' "$1" && { echo 'out of memory' >&2; exit 1; }
        printf '{"step": 1, "AP50": 0.%s}\\n' "$2" > "$3/metrics.jsonl"

        """, seeds: "[1, 2, 3]")
    try sweep.run()
    let report = try report(sweep)
    #expect(report.shortfall(variant: 0) == nil && report.shortfall(variant: 1) == "3 of 3 failed")
    let page = try String(contentsOfFile: try report.write(), encoding: .utf8)
    #expect(page.contains("<span class=\"missing\">3 of 3 failed</span>"))
    #expect(page.contains(#/<tr><th scope="row">beta=0.2<\/th><td>3 of 3<\/td><td>1, 2, 3<\/td>/#))
    #expect(
      page.ranges(of: "status 1: out of memory").count == 4, "once, and in the table of trials")
    #expect(page.ranges(of: "<svg class=\"strip s0\"").count == 1)
  }

  @Test func whereAllFailedThereIsNothingToDraw() throws {
    let sweep = try SweepFixture(trainer: "exit 1", seeds: "[1, 2]", values: "[0.1, 0.2, 0.3]")
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(page.contains("No trial has a value: all have failed."))
    #expect(page.ranges(of: "2 of 2 failed").count == 6 && !page.contains("<svg"))
  }

  @Test func twoSeedsAreTooFewForAnInterval() throws {
    let sweep = try SweepFixture(seeds: "[1, 2]")
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(page.contains("(2 seeds: too few for an interval)"))
    #expect(page.ranges(of: "<td class=\"number\">too few seeds</td>").count == 2)
    #expect(!page.contains("class=\"interval-line\""))
  }

  /// The seeds of a variant lie apart by what the trainer adds by chance.
  @Test func curvesHaveBandsOverTheSeeds() throws {
    let sweep = try fixture()
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    let curves = page.ranges(of: "<polyline class=\"curve s").count
    // Precision follows from beta alone, and has none.
    #expect(page.ranges(of: "<polygon class=\"area s").count == curves - 4 && curves > 12)
  }

  /// Six curves can be told apart; those of others are in the page, and scripts show them.
  @Test func curvesOfOtherVariantsAreThereToBeChosen() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.talkative, seeds: "[1]",
      values: "[0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]")
    try sweep.run()
    let report = try report(sweep)
    let page = try String(contentsOfFile: try report.write(), encoding: .utf8)
    #expect(page.ranges(of: #/<label><input type="checkbox"/#).count == 8)
    #expect(page.ranges(of: #/<label><input [^>]*checked=""/#).count == 6)
    let last = try #require(report.comparison.rows.last { $0.variant != 0 }).variant
    let shown = page.ranges(of: "<polyline class=\"curve s0\"").count
    #expect(shown > 3)
    #expect(
      page.ranges(of: "<polyline class=\"curve neutral\" data-v=\"\(last)\"").count == shown)
    try report.write(isLive: true)
    let live = try String(contentsOfFile: sweep.results.file("report.html"), encoding: .utf8)
    #expect(!live.contains("checkbox") && !live.contains("curve neutral"), "it loads itself again")
  }

  /// A trainer that takes its time is watched while it runs; the last page stays as it is.
  @Test func aPageIsThereWhileTheSweepRuns() throws {
    let sweep = try SweepFixture(
      trainer: FakeTrainer.resuming.replacing("${PAUSE:-0}", with: "0.5"), seeds: "[1]")
    let path = sweep.results.file("report.html")
    let live = LiveReport(try sweep.plan, in: sweep.results, version: "LossKit 9.8.7")
    try live.keep { try sweep.run(concurrency: 2) }
    let page = try String(contentsOfFile: path, encoding: .utf8)
    #expect(page.contains(#"<meta http-equiv="refresh" content="10">"#))
    #expect(page.contains("Still running"))
    #expect(page.contains("<figcaption>total loss</figcaption>"), "curves of what is under way")
    try report(sweep).write()
    let last = try String(contentsOfFile: path, encoding: .utf8)
    #expect(!last.contains("refresh") && !last.contains("Still running"))
  }

  @Test func theResultsAsJSON() throws {
    let sweep = try fixture()
    try sweep.run()
    let node = try report(sweep).node
    #expect(node["metric", "name"] == "AP50" && node["base"] == "beta=0.1")
    let variants = node["variants"]?.elements ?? []
    #expect(variants.count == 4 && variants[0]["name"] == node["best"])
    #expect(variants[0]["against_best"] == nil && variants[0]["interval"]?.elements.count == 2)
    let failed = try #require(variants.first { $0["name"] == "beta=2" })
    #expect(failed["values"] == 2 && failed["trials"] == 3 && failed["interval"] == nil)
    #expect(failed["settings"]?.members.first?.node == 2.0)
    #expect(failed["against_best", "verdict"]?.string != nil)
    let trials = node["trials"]?.elements ?? []
    #expect(trials.count == 12 && trials[0]["metrics", "AP50"]?.double != nil)
    #expect(trials[11]["status"] == "failed" && trials[11]["reason"]?.string != nil)
    #expect(trials.allSatisfy { $0["version"] == "LossKit" })
  }

  /// One family with the comparison to the best: the same p-values, from both sides.
  @Test func theJSONHasAllPairs() throws {
    let sweep = try fixture()
    try sweep.run()
    let node = try report(sweep).node
    let variants = node["variants"]?.elements ?? []
    let names = variants.compactMap { $0["name"]?.string }
    let pairs = node["pairs"]?.elements ?? []
    #expect(
      pairs.map { "\($0["variant"]?.string ?? "") \($0["other"]?.string ?? "")" }
        == names.indices.flatMap { first in
          names[(first + 1)...].map { "\(names[first]) \($0)" }
        })
    for (pair, variant) in zip(pairs, variants.dropFirst()) {
      let against = try #require(variant["against_best"])
      #expect(pair["p_value"]?.double != nil && pair["p_value"] == against["p_value"])
      #expect(pair["difference"]?.double == against["difference"]?.double.map { -$0 })
      let opposite = ["better": "worse", "worse": "better"]
      let verdict = try #require(against["verdict"]?.string)
      #expect(pair["verdict"]?.string == opposite[verdict] ?? verdict)
    }
  }

  /// What ran a trial is kept with its result; those of before know nothing of it.
  @Test func versionsThatRanTheTrials() throws {
    let sweep = try SweepFixture(seeds: "[1]")
    func page() throws -> String {
      try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    }
    try sweep.run(version: "LossKit 1.0.0")
    #expect(try page().contains("<dt>run by</dt><dd>LossKit 1.0.0</dd>"))
    #expect(try !page().contains("several versions"))
    try sweep.change("[1]", "[1, 2, 3]")
    try sweep.run(version: "LossKit <2>")
    let path = sweep.results.file("result.json", ofTrial: 2)
    let result = try String(contentsOfFile: path, encoding: .utf8)
    let old = result.replacing(#/,\s*"version": "[^"]*"/#, with: "")
    #expect(old != result)
    try Data(old.utf8).write(to: URL(filePath: path))
    #expect(
      try report(sweep).versions
        == "LossKit 1.0.0: trials 0, 1; not recorded: trial 2; LossKit <2>: trials 3 to 5")
    #expect(try page().contains("not recorded: trial 2; LossKit &lt;2&gt;: trials 3 to 5</dd>"))
    #expect(try page().contains("Results of several versions are compared"))
    let trials = try report(sweep).node["trials"]?.elements ?? []
    #expect(trials[0]["version"] == "LossKit 1.0.0" && trials[2]["version"] == nil)
  }

  /// A trainer of one's own says what it is, in any line and in as many words as fit.
  @Test func aTrainerTellsItsVersion() throws {
    let long = String(repeating: "9", count: 200)
    let sweep = try SweepFixture(
      trainer: """
        #!/bin/sh
        printf '{"version": "torch 1"}\\n{"version": "torch \(long)"}\\n' > "$3/metrics.jsonl"
        printf '{"step": 1, "AP50": 0.5}\\n' >> "$3/metrics.jsonl"

        """, seeds: "[1]")
    try sweep.run(version: "LossKit 1.0.0")
    #expect(try report(sweep).versions == "LossKit 1.0.0, torch \(long.prefix(94))")
  }

  @Test func errorsAndCurvesAreThoseOfTheTrainers() throws {
    let sweep = try fixture()
    try sweep.run()
    func page() throws -> String {
      try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    }
    let full = try page()
    #expect(full.contains("<th scope=\"col\">localization</th><th scope=\"col\">missed</th>"))
    #expect(full.contains("0.010</span><small>12 errors</small></td><td>4</td>"), "no cost")
    #expect(full.contains("<figcaption>precision, AP50</figcaption>"))
    #expect(!full.contains("The trainer left no"))
    try Data(#"{"precision": {"AP": [1]}, "errors": {"x": {"count": -1}}, "y": 1}"#.utf8)
      .write(to: URL(filePath: sweep.results.file("evaluation.json", ofTrial: 1)))
    let damaged = try page()
    for problem in ["expected 101 numbers", "errors.x.count: is -1", "unknown key &quot;y&quot;"] {
      #expect(damaged.contains(problem), "\(problem)")
    }
    for trial in 0..<12 {
      let path = sweep.results.file("evaluation.json", ofTrial: trial)
      try? FileManager.default.removeItem(atPath: path)
    }
    let without = try page()
    #expect(!without.contains("<h2>Errors</h2>"))
    #expect(without.contains("The trainer left no evaluation.json: there are no errors by kind"))
  }

  /// Values that are spaced by factors are drawn by factors: 0.1 to 1 as far apart as 1 to 10.
  @Test func valuesSpacedByFactorsHaveALogAxis() throws {
    let sweep = try SweepFixture(values: "[0.1, 1, 10]")
    try sweep.run()
    let page = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    let places = page.matches(of: #/class="seed" cx="([\d.]+)%" cy="[\d.]+%"/#)
      .compactMap { Double($0.1) }
    #expect(Set(places).count == 3 && places.contains(50))
  }

  @Test func tradeOffsOfTheMetricsThatAreAskedFor() throws {
    let sweep = try fixture()
    try sweep.run()
    let plain = try String(contentsOfFile: try report(sweep).write(), encoding: .utf8)
    #expect(plain.contains("<figcaption>AP50 against seconds of training</figcaption>"))
    let asked = try SweepReport(try sweep.plan, in: sweep.results, otherMetrics: ["AP"])
    let page = try String(contentsOfFile: try asked.write(), encoding: .utf8)
    #expect(page.contains("<figcaption>AP50 against AP</figcaption>"))
    #expect(!page.contains("seconds of training"))
    #expect(page.ranges(of: "<g class=\"variant s").count == 4)
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
