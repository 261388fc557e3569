import CommandLineTestSupport
import LossKit

@testable import LossKitCLI

extension Answer {
  /// The answer of `losskit`.
  init(to arguments: [String]) {
    self.init(to: arguments, of: LossKitTool.tool)
  }

  /// The text read as JSON.
  var json: JSONNode {
    get throws { try JSONNode(parsing: Array(text.utf8), file: "output") }
  }
}

/// Calls the tool.
func losskit(_ arguments: String...) -> Answer { Answer(to: arguments) }
