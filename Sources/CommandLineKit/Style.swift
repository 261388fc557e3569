/// Bold, dim and coloured text where the reader is a terminal; the text as it is elsewhere.
public struct Style: Sendable {
  /// The style that leaves every text as it is.
  public static let plain = Style(isEnabled: false)

  private let isEnabled: Bool

  /// A style that is always on or always off.
  public init(isEnabled: Bool) {
    self.isEnabled = isEnabled
  }

  /// The style for a stream: on for a terminal, unless `NO_COLOR` is set and not empty or `TERM` is
  /// `dumb` in the environment.
  public init(isTerminal: Bool, environment: [String: String]) {
    let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
    isEnabled = isTerminal && !isRefused
  }

  /// The text in bold.
  public func bold(_ text: TerminalText) -> TerminalText { marked(text, 1, end: 22) }

  /// The text, fainter.
  public func dim(_ text: TerminalText) -> TerminalText { marked(text, 2, end: 22) }

  /// The text in red: for what failed.
  public func red(_ text: TerminalText) -> TerminalText { marked(text, 31, end: 39) }

  /// The text in green: for what is well.
  public func green(_ text: TerminalText) -> TerminalText { marked(text, 32, end: 39) }

  /// The text in yellow: for what needs a look.
  public func yellow(_ text: TerminalText) -> TerminalText { marked(text, 33, end: 39) }

  // Each mark ends by undoing itself alone, so that bold red text is bold to its end.
  private func marked(_ text: TerminalText, _ start: Int, end: Int) -> TerminalText {
    isEnabled && text != "" ? "\u{1B}[\(start)m\(text)\u{1B}[\(end)m" : text
  }
}

/// What a terminal shows of `text`: all but the marks of a ``Style``.
func shown(_ text: String) -> String {
  guard text.unicodeScalars.contains("\u{1B}") else { return text }
  var shown = String.UnicodeScalarView()
  var isMark = false
  for scalar in text.unicodeScalars {
    if scalar == "\u{1B}" { isMark = true }
    if !isMark { shown.append(scalar) }
    if scalar == "m" { isMark = false }
  }
  return String(shown)
}
