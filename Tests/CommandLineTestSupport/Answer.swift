import CommandLineKit

/// What a call of a tool left behind.
public struct Answer: Equatable {
  /// The exit status.
  public var status: Int32
  /// What was written to standard output.
  public var text: String
  /// What was written to standard error.
  public var errors: String

  /// An answer to compare with.
  public init(_ status: Int32, _ text: String = "", errors: String = "") {
    (self.status, self.text, self.errors) = (status, text, errors)
  }

  /// The answer of `tool` to `arguments`, given in this process.
  public init(
    to arguments: [String], of tool: CommandLineTool, style: Style = .plain, width: Int = 80
  ) {
    let capture = Capture()
    status = tool.run(arguments, output: capture.output(style: style, width: width))
    (text, errors) = (capture.text, capture.errors)
  }
}
