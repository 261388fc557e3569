import CommandLineKit
import Synchronization

/// An output that keeps what is written.
public final class Capture: Sendable {
  private let texts = Mutex((output: "", errors: ""))

  /// A capture of nothing yet.
  public init() {}

  /// What was written to standard output.
  public var text: String { texts.withLock { $0.output } }

  /// What was written to standard error.
  public var errors: String { texts.withLock { $0.errors } }

  /// The output to write to.
  public func output(style: Style = .plain, width: Int = 80) -> Output {
    Output(
      standardOutput: TextStream(style: style, width: width) { (text) throws(OutputError) in
        self.texts.withLock { $0.output += text }
      },
      standardError: TextStream(style: style, width: width) { (text) throws(OutputError) in
        self.texts.withLock { $0.errors += text }
      })
  }
}
