/// A call to learn from, shown at the end of a command's help.
public struct Example: Sendable {
  let line: String
  let explanation: String

  /// An example.
  ///
  /// - Parameters:
  ///   - line: The call as one types it, the tool's name included; never wrapped.
  ///   - explanation: What the call does, in a sentence.
  public init(_ line: String, _ explanation: String) {
    self.line = line
    self.explanation = explanation
  }
}
