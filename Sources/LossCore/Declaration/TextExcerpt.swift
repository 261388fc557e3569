/// A part of a text that an error is about.
public struct TextExcerpt: Equatable, Sendable {
  /// The whole text.
  public let text: String
  /// The part, counted in Unicode scalars.
  public let range: Range<Int>

  /// A part of `text`.
  public init(_ text: String, _ range: Range<Int>) {
    self.text = text
    self.range = range
  }

  /// The part itself.
  public var part: String {
    let scalars = Array(text.unicodeScalars)
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range.clamped(to: scalars.indices)])
    return String(view)
  }

  /// The text around the part, and under it a caret with a line as long as the part.
  public var lines: [String] {
    let scalars = text.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 }
    let lower = min(range.lowerBound, scalars.count)
    // What the screen of a terminal has room for.
    let start = max(0, lower - 40)
    let end = min(scalars.count, start + 72)
    var shown = String.UnicodeScalarView()
    if start > 0 { shown.append("…") }
    shown.append(contentsOf: scalars[start..<end])
    if end < scalars.count { shown.append("…") }
    let indent = String(repeating: " ", count: lower - start + (start > 0 ? 1 : 0))
    let length = max(1, min(range.upperBound, end) - lower)
    return ["    \(String(shown))", "    \(indent)^\(String(repeating: "~", count: length - 1))"]
  }
}
