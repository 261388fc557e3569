/// The tool was asked wrongly: the arguments are not what the command takes.
///
/// The tool prints the message behind the command's name, then the usage, and ends with status 2.
public struct UsageError: Error, Equatable, CustomStringConvertible {
  /// What is wrong and what was expected, in one line.
  public let description: String

  /// An error with a message: what is wrong and what was expected, in one line.
  ///
  /// - Parameter suggestion: The name that was probably meant, if there is one.
  public init(_ message: String, suggestion: String? = nil) {
    description = message + (suggestion.map { "; did you mean \($0.quoted)?" } ?? "")
  }
}

extension String {
  /// The text between quotes, with control characters escaped: what a user typed must neither break
  /// a message in two nor reach the terminal as an escape sequence.
  var quoted: String { debugDescription }
}
