import Foundation
import LossCore
import Recipe
import ResourceLimits
import StrictJSON

/// Turns the JSON of `detections.json` into samples, and collects everything that is wrong with it.
struct SampleReader: ValueReader {
  /// The folder to which files are relative.
  let folder: String
  var diagnostics: [Diagnostic] = []

  init(folder: String) { self.folder = folder }

  mutating func samples(_ node: JSONNode) -> [SampleDetections.Sample] {
    guard let file = object(node, [], keys: ["images"]),
      let images = required("images", of: file, at: node, [])
    else { return [] }
    return elements(images, ["images"]).prefix(Limits.samples).enumerated()
      .compactMap { sample($1, ["images", "\($0)"]) }
  }

  private mutating func sample(_ node: JSONNode, _ path: JSONPath) -> SampleDetections.Sample? {
    let keys = ["file", "name", "width", "height", "detections"]
    guard let object = object(node, path, keys: keys),
      let file = required("file", of: object, at: node, path),
      let name = string(file, path.appending("file")),
      let width = side("width", of: object, at: node, path),
      let height = side("height", of: object, at: node, path),
      let found = required("detections", of: object, at: node, path)
    else { return nil }
    let place = path.appending("detections")
    let detections = elements(found, place).enumerated().compactMap { index, node in
      detection(node, place.appending(index), width: width, height: height)
    }
    return SampleDetections.Sample(
      file: URL(filePath: name, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
        .path(percentEncoded: false),
      fileNode: file, folder: folder, name: optionalString("name", of: object, path) ?? name,
      width: width,
      height: height,
      detections: Array(
        detections.sorted { $0.score > $1.score }.prefix(Limits.sampleDetections)))
  }

  private mutating func detection(
    _ node: JSONNode, _ path: JSONPath, width: Double, height: Double
  ) -> SampleDetections.Detection? {
    guard let object = object(node, path, keys: ["class", "score", "box"]),
      let className = required("class", of: object, at: node, path)
        .flatMap({ string($0, path.appending("class")) }),
      let score = required("score", of: object, at: node, path)
        .flatMap({ number($0, path.appending("score"), .any) }),
      let box = required("box", of: object, at: node, path)
    else { return nil }
    let place = path.appending("box")
    let sides = elements(box, place).enumerated().compactMap { index, node in
      number(node, place.appending(index), .any)
    }
    guard sides.count == 4, sides[0] <= sides[2], sides[1] <= sides[3] else {
      report(box, place, "expected the four numbers x1, y1, x2 and y2, the lesser ones first")
      return nil
    }
    func part(_ side: Double, _ whole: Double) -> Double { min(max(side / whole, 0), 1) }
    return SampleDetections.Detection(
      className: className, score: score,
      box: FractionBox(
        x1: part(sides[0], width), y1: part(sides[1], height), x2: part(sides[2], width),
        y2: part(sides[3], height)))
  }

  private mutating func side(
    _ key: String, of object: JSONObject, at node: JSONNode, _ path: JSONPath
  ) -> Double? {
    required(key, of: object, at: node, path)
      .flatMap { number($0, path.appending(key), .atLeast(1)) }
  }

  private mutating func elements(_ node: JSONNode, _ path: JSONPath) -> [JSONNode] {
    guard case .array(let elements) = node.value else {
      report(node, path, "expected a list, found \(node.value.kind)")
      return []
    }
    return elements
  }
}
