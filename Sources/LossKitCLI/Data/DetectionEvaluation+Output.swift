import CommandLineKit
import Detector
import LossKit

extension DetectionEvaluation {
  /// The metrics as a table for people.
  ///
  /// - Parameter title: What stands above their names.
  func table(_ title: String, _ output: Output) -> TerminalText {
    var table = Table([.init(title), .init("value", .decimal)])
    // Of a model without proposals, or without objects, as the lines before say.
    for (name, value) in values where value != nil || name != "RPN_recall" {
      table.append([name, value?.formatted(significant: 4) ?? "no objects"])
    }
    return table.text(style: output.standardOutput.style)
  }

  /// The metrics by name; `null` for one without objects.
  var node: JSONNode {
    var object = JSONObject()
    for (name, value) in values {
      object.set(name, to: value.map { JSONNode(finite: $0) } ?? .null)
    }
    return JSONNode(object)
  }
}
