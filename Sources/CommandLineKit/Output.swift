import Foundation

/// Where a tool writes: standard output for what was asked for, standard error for what went wrong.
///
/// The tool knows its streams through this alone, so that a test can stand in for both.
public struct Output: Sendable {
  /// For what was asked for.
  public let standardOutput: TextStream
  /// For errors and progress.
  public let standardError: TextStream

  /// An output over two streams.
  public init(standardOutput: TextStream, standardError: TextStream) {
    self.standardOutput = standardOutput
    self.standardError = standardError
  }

  /// The output of this process.
  public static func process() -> Self {
    Self(
      standardOutput: TextStream(fileDescriptor: STDOUT_FILENO, name: "standard output"),
      standardError: TextStream(fileDescriptor: STDERR_FILENO, name: "standard error"))
  }

  /// Writes a line, or several, to standard output.
  ///
  /// - Throws: ``OutputError``; a command lets it pass, and the tool ends as it should.
  public func print(_ text: TerminalText) throws(OutputError) {
    try standardOutput.write("\(text)\n")
  }

  /// Writes a line, or several, to standard error. Where that fails, nobody is left to tell.
  public func report(_ text: TerminalText) {
    try? standardError.write("\(text)\n")
  }
}

/// Why a stream took no more text.
public enum OutputError: Error, Equatable, CustomStringConvertible {
  /// The reader of the stream has gone, as in `losskit list | head -1`.
  case closed
  /// The system refused, for a full disk for instance. `code` is its error number.
  case failed(stream: String, code: Int32)

  public var description: String {
    switch self {
    case .closed: "nobody reads the output any more"
    case .failed(let stream, let code):
      "cannot write to \(stream): \(String(cString: strerror(code)))"
    }
  }
}
