extension Unicode.Scalar {
  /// Whether it steers how text is shown rather than showing itself: the control characters U+0000 to
  /// U+001F and U+007F to U+009F, what separates lines and paragraphs, and what turns the direction of
  /// writing, so that a name could look like another or a message like two.
  var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x61C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// How JSON writes a control character; all of them have four digits at most.
  var escaped: String {
    switch self {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
  }
}

extension Diagnostic {
  /// `text` on one line, its control characters shown as JSON escapes them: `\n`, `\u001B`.
  ///
  /// For all that people read and that strangers may have written. What stands in quotes in a message
  /// goes through ``quote(_:)``, which cuts it too.
  public static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { visible, scalar in
      if scalar.isControl {
        visible += scalar.escaped
      } else {
        visible.unicodeScalars.append(scalar)
      }
    }
  }
}
