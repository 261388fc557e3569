import StrictJSON

/// Text for people, in which nothing from outside can pass for the tool's own words.
///
/// What the source of the tool says literally stays as it is, line breaks and marks of a ``Style``
/// included. What is put into it, such as a name from a stranger's file, shows its control characters
/// escaped, so that it stays on its line and can't steer the terminal:
///
/// ```swift
/// let text: TerminalText = "\(file): \(style.green("ok")), \(recipe.name)\n"
/// ```
///
/// A ``TextStream`` takes nothing else.
public struct TerminalText: Sendable, Equatable {
  /// The text as a terminal gets it.
  let text: String

  /// A text whose control characters are meant.
  init(verbatim text: String) {
    self.text = text
  }

  /// Several lines, apart by line feeds, such as JSON. Other control characters are shown escaped.
  public init(lines text: String) {
    self = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { "\(Substring($0))" as TerminalText }.joined(separator: "\n")
  }

  /// How many characters a terminal shows: all but the marks of a ``Style``.
  var width: Int { shown(text).count }

  /// One text behind another.
  public static func + (left: Self, right: Self) -> Self {
    TerminalText(verbatim: left.text + right.text)
  }
}

extension TerminalText: CustomStringConvertible {
  /// The text as a terminal gets it.
  public var description: String { text }
}

extension TerminalText: ExpressibleByStringInterpolation {
  /// The tool's own words and, escaped, those of others.
  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    /// Room for the text.
    public init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity)
    }

    /// Adds words of the tool.
    public mutating func appendLiteral(_ literal: String) { text += literal }

    /// Adds a text that was escaped where it had to be.
    public mutating func appendInterpolation(_ text: TerminalText) { self.text += text.text }

    /// Adds the description of a value, control characters escaped.
    public mutating func appendInterpolation<Value>(_ value: Value) {
      text += Diagnostic.visible(String(describing: value))
    }
  }

  public init(stringInterpolation: StringInterpolation) {
    self.init(verbatim: stringInterpolation.text)
  }

  public init(stringLiteral value: String) {
    self.init(verbatim: value)
  }
}

extension Sequence<TerminalText> {
  /// The texts, one behind the other, with `separator` between them.
  public func joined(separator: TerminalText) -> TerminalText {
    TerminalText(verbatim: map(\.text).joined(separator: separator.text))
  }
}
