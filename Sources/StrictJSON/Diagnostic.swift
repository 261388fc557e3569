import ResourceLimits

/// One thing that is wrong with a JSON text or the values in it.
public struct Diagnostic: Sendable, Equatable {
  /// Where it is wrong.
  public let location: SourceLocation

  /// The path of the value that is wrong; empty for the root and for errors of syntax.
  public let path: JSONPath

  /// What is wrong, what was expected, and what to do, in one line without a full stop.
  public let message: String

  /// The name that was probably meant (see ``nearestName(to:in:)``), if there is one.
  public let suggestion: String?

  /// Lines that show what is wrong in a text; none, as a rule.
  public let excerpt: [String]

  /// A diagnostic from its parts.
  public init(
    at location: SourceLocation, path: JSONPath = [], _ message: String, suggestion: String? = nil,
    excerpt: [String] = []
  ) {
    self.location = location
    self.path = path
    self.message = shortened(message)
    self.suggestion = suggestion
    self.excerpt = excerpt
  }

  /// `text` as messages show it: in quotes, on one line, cut to a readable length.
  ///
  /// Names come from files of strangers; a line break or a terminal's control sequence in one of them
  /// must not reach the screen.
  public static func quote(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60)
    let isCut = shown.endIndex < text.unicodeScalars.endIndex
    return JSONWriter.quoted(isCut ? String(shown) + "…" : text)
  }

  /// The path of a file as messages show it that say what to type: in quotes, on one line, and whole.
  public static func quotePath(_ path: String) -> String {
    JSONWriter.quoted(path)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// ``lines``, one under the other.
  public var description: String { lines.joined(separator: "\n") }

  /// One line, and the excerpt if there is one:
  /// `recipe.json:12:7: stages.rpn.sampler.cuont: unknown key "cuont"; did you mean "count"?`
  public var lines: [String] {
    var parts = ["\(location)"]
    if !path.components.isEmpty { parts.append(shortened("\(path)")) }
    parts.append(message)
    var text = Self.visible(parts.joined(separator: ": "))
    if let suggestion { text += "; did you mean \(Self.quote(suggestion))?" }
    return [text] + excerpt.map(Self.visible)
  }
}
