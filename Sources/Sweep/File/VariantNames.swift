import Foundation
import StrictJSON

/// Names the variants of a sweep by what they set: `huber_boxes`, or `beta=0.1, rpn_cls.weight=2`.
struct VariantNames {
  /// The name of each combination, no two alike.
  private(set) var all: [String] = []

  init(_ combinations: [[SweepSetting]], paths: [JSONPath]) {
    let labels = Self.labels(of: paths)
    var used: Set<String> = []
    for settings in combinations {
      let parts = settings.map { setting in
        setting.path == ["recipe"]
          ? Self.stem(setting.node)
          : "\(labels[setting.path] ?? "")=\(Self.text(setting.node))"
      }
      let name = parts.isEmpty ? "base" : parts.joined(separator: ", ")
      var unique = name
      var number = 2
      while !used.insert(unique).inserted {
        unique = "\(name) (\(number))"
        number += 1
      }
      all.append(unique)
    }
  }

  /// The shortest ends of the paths that tell them apart: `beta`, or `rpn_cls.weight` beside
  /// `rcnn_cls.weight`.
  static func labels(of paths: [JSONPath]) -> [JSONPath: String] {
    var labels: [JSONPath: String] = [:]
    for path in paths {
      let components = path.components
      let length = (1...max(1, components.count)).first { length in
        let end = components.suffix(length)
        return !paths.contains { $0 != path && $0.components.suffix(length) == end }
      }
      labels[path] = JSONPath(Array(components.suffix(length ?? components.count))).description
    }
    return labels
  }

  /// A value as a name shows it: short, on one line.
  static func text(_ node: JSONNode) -> String {
    switch node.value {
    case .string(let text): return printable(text)
    case .number(.real(let real)): return String(format: "%.4g", real)
    case .object(let object):
      guard let type = object["type"]?.string else { return printable(node.compactText) }
      let others = object.members.filter { $0.key != "type" }
        .map { "\($0.key): \(text($0.node))" }
      return printable(others.isEmpty ? type : "\(type)(\(others.joined(separator: ", ")))")
    default: return printable(node.compactText)
    }
  }

  /// The name of a recipe file.
  static func stem(_ node: JSONNode) -> String {
    let name = URL(filePath: node.string ?? "").lastPathComponent
    return printable(name.hasSuffix(".json") ? String(name.dropLast(5)) : name)
  }

  /// `text` cut to a readable length, without what steers a terminal.
  private static func printable(_ text: String) -> String {
    let shown = String(
      text.unicodeScalars.map { scalar -> Character in
        let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
        return isControl ? " " : Character(scalar)
      })
    return shown.count <= 60 ? shown : shown.prefix(59) + "…"
  }
}
