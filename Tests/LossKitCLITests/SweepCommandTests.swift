import CommandLineTestSupport
import Foundation
import TestSupport
import Testing

/// `losskit sweep`, with a shell in the place of a trainer.
@Suite struct SweepCommandTests {
  private let folder: TemporaryFolder
  private let file: String

  init() throws {
    folder = try TemporaryFolder()
    _ = try folder.recipe()
    // Beta and the seed make the value; seed 2 of the first variant fails.
    let script = try folder.write(
      #"""
      beta=$(sed -n 's/.*"beta": *\([0-9]*\).*/\1/p' "$1")
      if [ $beta$2 = 12 ]; then echo broken; exit 9; fi
      printf '{"AP": 0.%s%s}\n' $beta $2 > "$3/metrics.jsonl"
      """#, to: "trainer.sh")
    file = try folder.write(
      """
      {
        "recipe": "small", "method": "grid", "seeds": [1, 2, 3],
        "parameters": { "stages.dense.terms.box.loss.beta": { "values": [1, 2] } },
        "metric": { "name": "AP", "goal": "maximize" }, "concurrency": 1,
        "command": ["/bin/sh", "\(script)", "{recipe}", "{seed}", "{out}"]
      }
      """, to: "beta.json")
  }

  private func sweep(_ command: String, _ more: String...) -> Answer {
    Answer(to: ["sweep", command, file, "--out", folder.path("out")] + more)
  }

  @Test func aRunEndsWithThePathOfTheReport() throws {
    let answer = sweep("run")
    #expect(answer.status == 1)
    #expect(
      answer.text == """
        variant     AP  95 % interval  seeds  against the best          against the base
        beta=2   0.220  0.195 … 0.245    3/3  best                      +0.100, p < 0.001, better
        beta=1   0.120  too few seeds    2/3  -0.100, p < 0.001, worse  base

        \(folder.path("out/report.html"))

        """)
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.first == "beta: 2 variants × 3 seeds = 6 trials; 6 to run, 1 at once")
    #expect(lines.dropFirst().first == "results go to \(folder.path("out"))/")
    #expect(lines.contains { $0.hasPrefix("[1/6] beta=1, seed 1: AP 0.11, ") })
    #expect(
      lines.contains {
        $0.hasPrefix("[3/6] beta=1, seed 2: failed: the command ended with status 9: broken, ")
      })
    #expect(
      lines.last
        == "losskit: error: 1 of 6 trials failed; the report says why, and --retry runs them again")
  }

  @Test func aTrialAndTheStates() throws {
    #expect(sweep("status").status == 1, "no results yet")
    #expect(sweep("trial", "--index", "3") == Answer(0, "AP 0.22\n"))
    #expect(
      sweep("trial", "--index", "2").errors
        == "losskit: error: trial 2: the command ended with status 9: broken\n")
    #expect(
      sweep("trial", "--index", "6").errors
        == "losskit: error: beta: has no trial 6; they are 0 to 5\n")
    #expect(sweep("trial").status == 2)
    let lines = sweep("status").text.split(separator: "\n").map(String.init)
    #expect(lines[0].hasPrefix("trial  variant  seed  status"))
    #expect(lines[1].hasPrefix("    0  beta=1      1  open"))
    #expect(lines[3].contains("failed") && lines[3].hasSuffix("status 9: broken"))
    #expect(lines.last == "6 trials: 4 open, 1 failed, 1 finished")
    let report = sweep("report")
    #expect(report.status == 0 && report.text.hasSuffix("/out/report.html\n"))
    let json = sweep("report", "--json")
    #expect(json.status == 0 && json.text.hasPrefix("{") && json.text.contains("\"beta=2\""))
  }

  /// Whoever may only read the results is told the comparison, and why there is no page.
  @Test(arguments: [[], ["--json"]]) func aFolderThatCanNotBeWritten(options: [String]) throws {
    _ = sweep("run")
    let written = Answer(to: ["sweep", "report", file, "--out", folder.path("out")] + options)
    try FileManager.default.removeItem(atPath: folder.path("out/results.csv"))
    try FileManager.default.createDirectory(
      atPath: folder.path("out/results.csv"), withIntermediateDirectories: false)
    let answer = Answer(to: ["sweep", "report", file, "--out", folder.path("out")] + options)
    #expect(answer.status == 1)
    let page = "\n\(folder.path("out/report.html"))\n"
    #expect(answer.text == written.text.replacing(page, with: ""))
    #expect(answer.text.contains("beta=2"))
    #expect(answer.errors.hasPrefix("losskit: error: \(folder.path("out/results.csv")): "))
  }

  @Test func aFolderOfResultsIsNoSweep() {
    _ = sweep("run")
    let answer = Answer(to: ["sweep", "report", folder.path("out")])
    #expect(answer.status == 2)
    #expect(answer.errors.contains("is a folder of results; expected the sweep file"))
  }

  @Test func resultsOfSeveralVersions() throws {
    #expect(!sweep("run").errors.contains("versions"))
    let path = folder.path("out/trials/0003/result.json")
    let result = try String(contentsOfFile: path, encoding: .utf8)
    let other = result.replacing(#/"version": "LossKit [^"]*"/#, with: #""version": "LossKit 0""#)
    #expect(result != other)
    try Data(other.utf8).write(to: URL(filePath: path))
    for command in ["status", "report"] {
      #expect(
        sweep(command).errors.hasPrefix("warning: results of several versions are compared: "))
      #expect(sweep(command).errors.contains("; LossKit 0: trial 3\n"))
    }
  }

  /// It would be left out without a word.
  @Test func aGoalNeedsAMetric() throws {
    _ = sweep("run")
    let answer = sweep("report", "--goal", "minimize")
    #expect(answer.status == 2)
    #expect(
      answer.errors.contains("--goal goes with --metric; that of AP stands in the sweep file"))
  }

  @Test func aMistakeInTheFileIsToldWithItsPlace() throws {
    try folder.write("{ \"method\": \"grid\" }", to: "beta.json")
    let answer = sweep("run")
    #expect(answer.status == 1)
    #expect(answer.errors.contains("\(file):1:1: key \"metric\" is missing"))
  }

  @Test func theSchemaOfSweeps() throws {
    let answer = losskit("schema", "sweep")
    #expect(try answer.json["title"] == "LossKit sweep")
    #expect(losskit("schema", "recipe") == losskit("schema"))
    #expect(losskit("schema", "other").status == 2)
  }
}
