import Foundation
import LossKit
import TestSupport

@testable import Sweep

extension FuzzTarget {
  /// The folder of a sweep's results: the files of its first trial, each a part, then `sweep.json`, which is
  /// as it should be where it is left out, and `evaluation.json`.
  static let results = Self(
    name: "results",
    words: quoted(
      """
      status finished failed timed_out value metrics reason seconds images file name width height \
      objects detections class score box precision errors count cost sample.png step loss terms gradient_norms positive_gradient_norms \
      negative_gradient_norms AP50
      """) + ["1e308", "-1e308", "<script>", "\\u001b", "\u{1E}"],
    seeds: {
      let log = String(decoding: try FuzzTarget.metrics.seeds()[0], as: UTF8.self)
      let detections = """
        {"images": [{"file": "sample.png", "name": "scene 1", "width": 160, "height": 120, "detections":
          [{"class": "disc", "score": 0.98, "box": [12, 8.5, 40, 31]}]}]}
        """
      let precisions = (0...100).map { "\(1 - Double($0) / 200)" }.joined(separator: ", ")
      let evaluation = """
        {"precision": {"AP50": [\(precisions)]},
          "errors": {"missed": {"count": 3, "cost": 0.25}, "both": {"count": 1}}}
        """
      return [
        input([
          #"{"status": "finished", "value": 0.5, "metrics": {"AP50": 0.5, "AP": 0.25}, "seconds": 2}"#,
          log, detections, "", "", evaluation,
        ]),
        input([
          #"{"status": "failed", "reason": "out of <memory>", "seconds": 0.5}"#, log, "",
          "line 1\nline 2\n",
        ]),
      ]
    },
    reader: { folder in
      let plan = try resultsPlan(in: folder)
      let results = SweepFolder(folder.path("results"))
      try results.prepare(for: plan)
      let definition = try String(contentsOfFile: results.file("sweep.json"), encoding: .utf8)
      try folder.write([0x89, 0x50, 0x4E, 0x47, 0x0D], to: "results/trials/0000/sample.png")
      try folder.write(
        #"{"status": "finished", "value": 0.25, "metrics": {"AP50": 0.25}, "seconds": 1}"#,
        to: "results/trials/0001/result.json")
      let names = ["result.json", "metrics.jsonl", "detections.json", "log.txt"]
      return { input in
        let parts = parts(input)
        for (index, name) in names.enumerated() {
          let part = index < parts.count ? parts[index] : []
          try folder.write(part, to: "results/trials/0000/\(name)")
        }
        try folder.write(
          parts.count > 5 ? parts[5] : [], to: "results/trials/0000/evaluation.json")
        try folder.write(
          parts.count > 4 && !parts[4].isEmpty ? parts[4] : Array(definition.utf8),
          to: "results/sweep.json")
        let report = try attempt(input) { () throws(SweepError) in
          try SweepReport(plan, in: results)
        }
        guard let report else { return }
        try requireVisible(ResultsTable(report).csv.replacing("\r\n", with: "\n"))
        try requireHarmless(ReportPage(report, version: "").html)
      }
    })

  private static func resultsPlan(in folder: TemporaryFolder) throws -> SweepPlan {
    let sweep = try folder.write(
      """
      {"recipe": "recipe.json", "method": "grid", "seeds": [1],
       "parameters": {"stages.rpn.terms.rpn_box.weight": {"values": [1, 2]}},
       "metric": {"name": "AP50", "goal": "maximize"}}
      """, to: "sweep.json")
    try folder.write(
      try text("Configs/recipes/faster_rcnn_torchvision.json"), to: "recipe.json")
    return try SweepPlan(contentsOf: sweep, registry: .builtIn())
  }

  /// Throws where a page would load or run something, or has a control character; a pass over its bytes,
  /// as it is long and checked a million times.
  private static func requireHarmless(_ page: String) throws {
    let words = ["<script", "<iframe", "<object", "<img", "http:", "https:"].map { Array($0.utf8) }
    let own = "<script>\(ReportScript.text)</script>"
    let bytes = Array(page.replacing(own, with: "").utf8)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "h") {
        let rest = bytes[index...]
        try require(
          !words.contains { rest.starts(with: $0) },
          "\(String(decoding: rest.prefix(8), as: UTF8.self)) in the report")
      }
      let isControl =
        switch byte {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F: true
        // The first byte of U+0080 to U+009F.
        case 0xC2: bytes[index + 1] < 0xA0
        default: false
        }
      try require(!isControl, "control characters in the report")
    }
  }
}
