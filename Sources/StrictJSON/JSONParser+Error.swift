extension JSONParser {
  /// An error at `place`, or else at `position`.
  func error(
    _ message: String, at place: SourceLocation? = nil, suggestion: String? = nil
  ) -> Diagnostics {
    Diagnostics(Diagnostic(at: place ?? location, message, suggestion: suggestion))
  }

  /// The error that something else is next than what was `expected`.
  ///
  /// What people bring along from other languages gets a message of its own.
  func unexpected(_ expected: String, meaning suggestion: String? = nil) -> Diagnostics {
    guard let next else { return error("expected \(expected); the text ends here") }
    let word = nextWord
    switch next {
    case UInt8(ascii: "#"):
      return error("JSON has no comments; remove this one")
    case UInt8(ascii: "/") where [UInt8(ascii: "/"), UInt8(ascii: "*")].contains(byteAfterNext):
      return error("JSON has no comments; remove this one")
    case UInt8(ascii: "'"):
      return error("JSON takes no single quotes; use double quotes")
    case UInt8(ascii: "\""):
      return error("expected \(expected), not a string")
    case _ where ["nan", "inf", "infinity"].contains(word.lowercased()):
      return error("JSON has no \(word); use a finite number or null")
    case _ where !word.isEmpty:
      return error(
        "expected \(expected), not the unquoted word \(Diagnostic.quote(word))",
        suggestion: suggestion)
    default:
      return error("expected \(expected), not \(Diagnostic.quote(nextCharacter))")
    }
  }

  /// The letters, digits and underscores that are next; empty where the first isn't a letter.
  var nextWord: String {
    let word = bytes[position...].prefix { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
      default: false
      }
    }
    let text = String(decoding: word, as: UTF8.self)
    return text.first?.isLetter == true ? text : ""
  }

  private var byteAfterNext: UInt8? {
    bytes[position...].dropFirst().first
  }

  /// The scalar that is next; the text is known to be valid UTF-8.
  private var nextCharacter: String {
    let scalar = String(decoding: bytes[position...].prefix(4), as: UTF8.self).unicodeScalars.first
    return scalar.map(String.init) ?? ""
  }
}
