import LossKit

/// A recipe without errors, one key a line, for tests to change line by line.
let goodRecipe = """
  {
    "stages": {
      "rpn": {
        "priors": { "type": "anchor_grid" },
        "assigner": { "type": "max_iou" },
        "sampler": { "type": "random", "count": 256 },
        "coder": { "type": "delta_xywh" },
        "terms": {
          "cls": {
            "prediction": "score",
            "layout": "n (c a) h w",
            "target": "class",
            "loss": { "type": "softmax_cross_entropy" },
            "normalizer": "sampled"
          },
          "box": {
            "prediction": "delta",
            "layout": "n (a c) h w",
            "target": "box",
            "loss": { "type": "smooth_l1", "beta": 0.1 },
            "normalizer": "sampled",
            "weight": 2
          }
        }
      }
    }
  }
  """

/// ``goodRecipe`` with some lines, counted from 1, replaced; an empty line leaves the others in place.
func recipe(lines changes: [Int: String]) -> String {
  goodRecipe.split(separator: "\n").enumerated()
    .map { changes[$0.offset + 1] ?? String($0.element) }.joined(separator: "\n")
}

/// The recipe in `text`, which errors call `r.json`.
func load(_ text: String, settings: [String] = []) throws(Diagnostics) -> DetectionRecipe {
  try DetectionRecipe(
    try JSONNode(parsing: Array(text.utf8), file: "r.json"), settings: try parse(settings),
    registry: registry)
}

/// The recipe in a file.
func load(file path: String, settings: [String] = []) throws(Diagnostics) -> DetectionRecipe {
  try DetectionRecipe(contentsOf: path, settings: try parse(settings), registry: registry)
}

/// What `body` complains about, a line an error.
func complaints(_ body: () throws(Diagnostics) -> DetectionRecipe) -> [String] {
  do {
    _ = try body()
    return []
  } catch {
    return error.all.map(\.description)
  }
}

private let registry = (try? Registry.builtIn()) ?? Registry()

private func parse(_ settings: [String]) throws(Diagnostics) -> [JSONSetting] {
  var parsed: [JSONSetting] = []
  for text in settings { parsed.append(try JSONSetting(parsing: text)) }
  return parsed
}

extension DetectionRecipe {
  /// The term called `name` of the stage `rpn`.
  func term(_ name: String) throws -> Term? {
    objective.stages.first { $0.name == "rpn" }?.terms.first { $0.name == name }
  }
}

/// The names of all losses as messages list them.
let lossNames = ((try? Registry.builtIn())?.losses.names ?? []).joined(separator: ", ")

/// The names of the registered components of a kind, as messages list them.
func names(_ kind: ComponentKind) -> String {
  let registry = try? Registry.builtIn()
  return (registry.map(kind.declarations) ?? []).map(\.name).joined(separator: ", ")
}

/// The names of the components of a kind that need no parameters.
func plainNames(_ kind: ComponentKind) -> String {
  let registry = try? Registry.builtIn()
  let plain = (registry.map(kind.declarations) ?? []).filter { declaration in
    declaration.parameters.allSatisfy { $0.defaultValue != nil }
  }
  return plain.map(\.name).joined(separator: ", ")
}
