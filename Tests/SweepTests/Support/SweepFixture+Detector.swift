import Foundation
import Sweep
import TestSupport

extension SweepFixture {
  /// Two trials of a small reference detector; no model file, and defaults for most of the settings.
  static func detector(steps: Int) throws -> SweepFixture {
    let sweep = try SweepFixture()
    try sweep.folder.write(
      """
      {
        "recipe": "\(Reference.path("Configs/recipes/reference_detector.json"))",
        "method": "grid", "seeds": [1], "data": "scenes:size=64x48,count=4",
        "validation": "scenes:size=64x48,count=2,split=held_out",
        "parameters": {
          "stages.rpn.terms.rpn_box.weight": { "values": [1, 2] },
          "model.channels": { "value": [16, 16, 32] }, "model.strides": { "value": [2, 2, 2] },
          "model.map_channels": { "value": 32 }, "model.roi_channels": { "value": [32] },
          "training.batch": { "value": 2 }, "training.steps": { "value": \(steps) },
          "training.log_every": { "value": 1 }, "training.checkpoint_every": { "value": 2 }
        },
        "metric": { "name": "RPN_recall", "goal": "maximize" }
      }
      """, to: "sweep.json")
    return sweep
  }
}

/// The files of a folder and what is in them, but for files that tell of times.
struct FolderContents {
  private let files: [String: Data]

  /// The names of the files.
  var names: Set<String> { Set(files.keys) }

  /// The names of files that only one of both has, or that differ.
  func differences(from other: Self) -> [String] {
    names.union(other.names).filter { files[$0] != other.files[$0] }.sorted()
  }

  /// The files in the folder at `path`, and in all folders in it.
  init(_ path: String) {
    let timed = ["result.json", "log.txt", "results.csv", "report.html", "metrics.jsonl"]
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    files = Dictionary(
      uniqueKeysWithValues: names.map { name in
        let isTimed = timed.contains(URL(filePath: name).lastPathComponent)
        return (
          name, isTimed ? Data() : FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data()
        )
      })
  }
}
