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
    let keys = ["file", "name", "width", "height", "objects", "detections"]
    guard let object = object(node, path, keys: keys),
      let file = required("file", of: object, at: node, path),
      let name = string(file, path.appending("file")),
      let width = side("width", of: object, at: node, path),
      let height = side("height", of: object, at: node, path),
      let found = required("detections", of: object, at: node, path)
    else { return nil }
    func boxes(_ node: JSONNode?, _ key: String) -> [SampleDetections.Detection] {
      let place = path.appending(key)
      return (node.map { elements($0, place) } ?? []).enumerated().compactMap { index, node in
        detection(
          node, place.appending(index), isObject: key == "objects", width: width, height: height)
      }
    }
    let objects = boxes(object["objects"], "objects")
    let detections = boxes(found, "detections")
    return SampleDetections.Sample(
      file: URL(filePath: name, relativeTo: URL(filePath: folder, directoryHint: .isDirectory))
        .path(percentEncoded: false),
      fileNode: file, folder: folder, name: optionalString("name", of: object, path) ?? name,
      width: width,
      height: height,
      objects: Array(objects.prefix(Limits.sampleDetections)),
      detections: Array(
        detections.sorted { $0.score ?? 0 > $1.score ?? 0 }.prefix(Limits.sampleDetections)))
  }

  private mutating func detection(
    _ node: JSONNode, _ path: JSONPath, isObject: Bool, width: Double, height: Double
  ) -> SampleDetections.Detection? {
    let keys = ["class"] + (isObject ? [] : ["score"]) + ["box"]
    guard let object = object(node, path, keys: keys),
      let className = required("class", of: object, at: node, path)
        .flatMap({ string($0, path.appending("class")) }),
      let box = required("box", of: object, at: node, path)
    else { return nil }
    var score: Double?
    if !isObject {
      score = required("score", of: object, at: node, path)
        .flatMap { number($0, path.appending("score"), .any) }
      if score == nil { return nil }
    }
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
