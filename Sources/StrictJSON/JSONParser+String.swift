extension JSONParser {
  /// Moves past a string, from its opening to its closing quote, and resolves its escapes.
  mutating func string() throws(Diagnostics) -> String {
    let opening = location
    position += 1
    var resolved: [UInt8] = []
    var copied = position
    while let next {
      switch next {
      case UInt8(ascii: "\""):
        resolved += bytes[copied..<position]
        position += 1
        return String(decoding: resolved, as: UTF8.self)
      case UInt8(ascii: "\\"):
        resolved += bytes[copied..<position]
        resolved += Array(String(try escape()).utf8)
        copied = position
      case 0..<0x20:
        throw controlCharacter(next)
      default:
        advance(past: next)
      }
    }
    throw error("this string has no end; add the closing \"", at: opening)
  }

  private func controlCharacter(_ byte: UInt8) -> Diagnostics {
    if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      return error("line break in a string; add the closing \" or write the break as \\n")
    }
    let escaped = JSONWriter.quoted(String(Unicode.Scalar(byte))).dropFirst().dropLast()
    return error("control character in a string; write it as \(escaped)")
  }

  /// Moves past an escape sequence, two of them where they form a surrogate pair.
  private mutating func escape() throws(Diagnostics) -> Unicode.Scalar {
    let start = location
    position += 1
    guard let letter = next else { throw unexpected("the rest of an escape") }
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(from: start)
    default:
      throw error(
        "unknown escape; JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\uXXXX "
          + "(a backslash itself is \\\\)", at: start)
    }
  }
}

extension JSONParser {
  /// Moves past what follows `\u`; `start` is where its backslash stands.
  private mutating func unicodeEscape(
    from start: SourceLocation
  ) throws(Diagnostics) -> Unicode.Scalar {
    let first = try codeUnit(from: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    if UTF16.isLeadSurrogate(first), take("\\"), take("u") {
      let second = try codeUnit(from: start)
      let beyond = UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF)
      if UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(0x10000 + beyond) {
        return scalar
      }
    }
    throw error(
      "lone surrogate escape; a character beyond U+FFFF takes two escapes, "
        + "\\uD800 to \\uDBFF and then \\uDC00 to \\uDFFF", at: start)
  }

  /// Moves past the four hexadecimal digits of an escape.
  private mutating func codeUnit(from start: SourceLocation) throws(Diagnostics) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
        throw error("\\u takes four hexadecimal digits, such as \\u00E9", at: start)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}
