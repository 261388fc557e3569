import CommandLineKit
import Synchronization

/// An output that keeps what is written, and the tool's answers read from it.
final class Capture: Sendable {
  private let texts = Mutex((output: "", errors: ""))

  var text: String { texts.withLock { $0.output } }
  var errors: String { texts.withLock { $0.errors } }

  func output(style: Style = .plain, width: Int = 80) -> Output {
    Output(
      standardOutput: TextStream(style: style, width: width) { (text) throws(OutputError) in
        self.texts.withLock { $0.output += text }
      },
      standardError: TextStream(style: style, width: width) { (text) throws(OutputError) in
        self.texts.withLock { $0.errors += text }
      })
  }
}

/// What a call of a tool left behind.
struct Answer: Equatable {
  var status: Int32
  var text = ""
  var errors = ""

  init(_ status: Int32, _ text: String = "", errors: String = "") {
    (self.status, self.text, self.errors) = (status, text, errors)
  }

  init(
    to arguments: [String], of tool: CommandLineTool = SampleTool.tool, style: Style = .plain,
    width: Int = 80
  ) {
    let capture = Capture()
    status = tool.run(arguments, output: capture.output(style: style, width: width))
    text = capture.text
    errors = capture.errors
  }
}
