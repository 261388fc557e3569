import CommandLineKit
import LossKit
import Synchronization

@testable import LossKitCLI

/// What a call of the tool left behind.
struct Answer {
  let status: Int32
  let text: String
  let errors: String

  /// The answer to `arguments`, given in this process.
  init(to arguments: [String]) {
    let capture = Capture()
    status = LossKitTool.tool.run(arguments, output: capture.output)
    (text, errors) = capture.texts
  }

  /// The text read as JSON.
  var json: JSONNode {
    get throws { try JSONNode(parsing: Array(text.utf8), file: "output") }
  }
}

/// Calls the tool.
func losskit(_ arguments: String...) -> Answer { Answer(to: arguments) }

/// Keeps what is written.
private final class Capture: Sendable {
  private let written = Mutex((output: "", errors: ""))

  var texts: (String, String) { written.withLock { ($0.output, $0.errors) } }

  var output: Output {
    Output(
      standardOutput: TextStream { (text) throws(OutputError) in
        self.written.withLock { $0.output += text }
      },
      standardError: TextStream { (text) throws(OutputError) in
        self.written.withLock { $0.errors += text }
      })
  }
}
