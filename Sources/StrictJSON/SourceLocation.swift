/// A place in a text: where a value, a key or an error stands.
///
/// Ordered by file, then line, then column.
public struct SourceLocation: Sendable, Hashable {
  /// The file as the user named it, or the option that a value came from (`--set`).
  public let file: String

  /// The line, from 1; 0 where the value came from no file.
  public let line: Int

  /// The column, from 1, counted in Unicode scalars; 0 where `line` is 0.
  public let column: Int

  /// The place at `line` and `column` of `file`; without them, `file` as a whole.
  public init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// Where the values stand that a program builds itself.
  public static let program = SourceLocation(file: "<program>")
}

extension SourceLocation: Comparable {
  /// Whether `left` comes before `right`: by file, then line, then column.
  public static func < (left: Self, right: Self) -> Bool {
    (left.file, left.line, left.column) < (right.file, right.line, right.column)
  }
}

extension SourceLocation: CustomStringConvertible {
  /// `file:line:column`, which editors and terminals make clickable; `file` alone where `line` is 0.
  public var description: String {
    line == 0 ? file : "\(file):\(line):\(column)"
  }
}
