extension JSONParser {
  /// Makes sure that the whole text is UTF-8, so that nothing after this has to look at it again.
  func checkEncoding() throws(Diagnostics) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw error("the file starts with a byte order mark; save it as UTF-8 without one")
    }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      throw invalid(error)
    }
  }

  private func invalid(_ encodingError: Unicode.UTF8.ValidationError) -> Diagnostics {
    var reached = self
    reached.advance(to: encodingError.byteOffsets.lowerBound)
    let reason =
      switch encodingError.kind {
      case .unexpectedContinuationByte: "a continuation byte without a start"
      case .surrogateCodePointByte: "an encoded surrogate"
      case .invalidNonSurrogateCodePointByte: "a byte or scalar that doesn't exist"
      case .overlongEncodingByte: "an overlong encoding"
      case .truncatedScalar: "a scalar that breaks off"
      default: "malformed bytes"
      }
    let shown = bytes[encodingError.byteOffsets].map {
      "0x" + String($0, radix: 16, uppercase: true)
    }.joined(separator: " ")
    return reached.error("invalid UTF-8, \(reason) (\(shown)); save the file as UTF-8")
  }

  /// Moves to the byte at `end`, line by line.
  private mutating func advance(to end: Int) {
    while position < end, let next {
      if next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") {
        skipWhitespace()
      } else {
        advance(past: next)
      }
    }
  }
}
