/// What is wrong with a formula's text, and where in it.
public struct FormulaError: Error, Equatable, Sendable {
  /// The key of the text: `value`, or `let` and a name.
  public let key: [String]
  /// The text.
  public let text: String
  /// What of the text is wrong, counted in Unicode scalars.
  public let range: Range<Int>
  /// What was found, what was expected, and what to do.
  public let problem: String
  /// The name that isn't known, where that is what is wrong.
  public let unknown: String?
  /// The names that are known there.
  public let choices: [String]
}

/// Everything that is wrong with a formula.
public struct FormulaErrors: Error, Equatable, Sendable {
  /// In the order in which the texts are read.
  public let all: [FormulaError]
}
