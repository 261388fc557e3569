import StrictJSON
import TestSupport

@testable import Detector

extension FuzzTarget {
  /// A model file, and settings; each a part.
  static let model = Self(
    name: "model",
    words: (ModelSettings.declaration.parameters + TrainingSettings.declaration.parameters)
      .map { "\"\($0.name)\"" } + [
        "\"model\"", "\"training\"", "training.", "model.", "\"adamw\"", "\"sgd\"", "\"cosine\"",
        "\"step\"", "16", "-9223372036854775808", "9223372036854775807", "1e308", "\u{1E}",
      ],
    seeds: {
      try files(in: "Configs/models", ".json") + [
        input([#"{"model": {"channels": [16], "strides": [2]}}"#, "training.steps=9", "name=a"])
      ]
    },
    reader: { folder in
      { input in
        let parts = parts(input)
        let path = try folder.write(parts[0], to: "model.json")
        let settings = try parts.dropFirst().compactMap { part in
          try attempt(input) { () throws(Diagnostics) in
            try JSONSetting(parsing: String(decoding: part, as: UTF8.self))
          }
        }
        let file = try attempt(input) { () throws(Diagnostics) in
          try ModelFile(contentsOf: path, settings: settings)
        }
        guard let file else { return }
        try require(file.model.stride > 0, "a stride of \(file.model.stride)")
        let steps = file.training.steps
        for step in [0, steps / 2, steps - 1] { _ = file.training.rate(step: step) }
        var order = BatchOrder(count: 5, seed: 1, file.training)
        if file.training.batch <= 1000 { _ = order.batch(step: steps - 1) }
        let text = try file.node.text()
        let again = try ModelFile(contentsOf: try folder.write(text, to: "written.json"))
        try require(
          again.model == file.model && again.training == file.training,
          "another model than was written: \(text)")
      }
    })
}
