import ResourceLimits
import StrictJSON

/// Reads XML as annotations use it: elements, text, attributes, comments and CDATA:
/// <https://www.w3.org/TR/xml/>.
///
/// A document type (`<!DOCTYPE`) is refused: it could name other files and addresses to read, or entities
/// that grow without end. So the only entities are the five of XML itself, and characters by number.
struct XMLReader {
  private let bytes: [UInt8]
  private let file: String
  private var position = 0
  private var line = 1

  /// The outermost element of a file.
  static func element(_ bytes: [UInt8], file: String) throws(Diagnostics) -> XMLElement {
    var reader = XMLReader(bytes: bytes, file: file)
    try reader.skipBetweenElements()
    guard reader.skip("<") else { throw reader.error("has no element; expected <annotation>") }
    let element = try reader.element(depth: 1)
    try reader.skipBetweenElements()
    guard reader.position == bytes.count else {
      throw reader.error("goes on behind its outermost element; expected the end of the file")
    }
    return element
  }

  private init(bytes: [UInt8], file: String) {
    (self.bytes, self.file) = (bytes, file)
    _ = skip("\u{FEFF}")
  }

  /// White space, comments and instructions such as `<?xml version="1.0"?>`.
  private mutating func skipBetweenElements() throws(Diagnostics) {
    while true {
      skipSpace()
      if skip("<!--") {
        _ = try text(until: "-->")
      } else if skip("<?") {
        _ = try text(until: "?>")
      } else {
        try refuseDocumentType()
        return
      }
    }
  }

  private mutating func refuseDocumentType() throws(Diagnostics) {
    guard skip("<!DOCTYPE") else { return }
    throw error(
      "has a document type (<!DOCTYPE), which could have other files read; expected plain elements: "
        + "remove it")
  }

  /// The rest of an element, behind its `<`.
  private mutating func element(depth: Int) throws(Diagnostics) -> XMLElement {
    guard depth <= Limits.xmlDepth else {
      throw error("has more than \(Limits.xmlDepth) elements within one another")
    }
    var element = XMLElement(name: try name(), line: line)
    if try skipAttributes() { return element }
    var text = ""
    while true {
      text += try characters()
      if skip("<!--") {
        _ = try self.text(until: "-->")
      } else if skip("<![CDATA[") {
        text += try self.text(until: "]]>")
      } else if skip("<?") {
        _ = try self.text(until: "?>")
      } else if skip("</") {
        let name = try name()
        skipSpace()
        guard name == element.name, skip(">") else {
          throw error("expected </\(element.name)> for line \(element.line), found </\(name)")
        }
        break
      } else if skip("<") {
        element.children.append(try self.element(depth: depth + 1))
      } else {
        throw error("ends within <\(element.name)> of line \(element.line); its end is missing")
      }
    }
    element.text = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return element
  }

  private mutating func name() throws(Diagnostics) -> String {
    let start = position
    while let byte = byte, Self.isName(byte) { position += 1 }
    guard position > start else { throw error("expected the name of an element") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isName(_ byte: UInt8) -> Bool {
    byte >= 0x80 || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
      || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
      || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte)
  }

  /// Goes past the attributes and the end of a tag; whether that closes the element.
  private mutating func skipAttributes() throws(Diagnostics) -> Bool {
    while true {
      skipSpace()
      if skip("/>") { return true }
      if skip(">") { return false }
      _ = try name()
      skipSpace()
      guard skip("=") else { throw error("expected = behind the name of an attribute") }
      skipSpace()
      if skip("\"") {
        _ = try text(until: "\"")
      } else if skip("'") {
        _ = try text(until: "'")
      } else {
        throw error("expected the value of an attribute in quotes")
      }
    }
  }

  /// Text up to the next tag, its entities replaced.
  private mutating func characters() throws(Diagnostics) -> String {
    var characters: [UInt8] = []
    while let byte = byte, byte != UInt8(ascii: "<") {
      if skip("&") {
        characters += Array(try entity().utf8)
      } else {
        characters.append(byte)
        advance()
      }
    }
    return String(decoding: characters, as: UTF8.self)
  }

  private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

  private mutating func entity() throws(Diagnostics) -> String {
    let name = bytes[position...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
    let text = String(decoding: name, as: UTF8.self)
    position += name.count
    var known = Self.entities[text]
    if text.hasPrefix("#") {
      let number =
        text.hasPrefix("#x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text.dropFirst())
      known = number.flatMap(Unicode.Scalar.init).map(String.init)
    }
    guard let known, skip(";") else {
      throw error("\(Diagnostic.quote("&" + text)) is no entity that XML has by itself")
    }
    return known
  }

  private mutating func text(until end: String) throws(Diagnostics) -> String {
    let (start, startLine) = (position, line)
    while position < bytes.count {
      let last = position
      if skip(end) { return String(decoding: bytes[start..<last], as: UTF8.self) }
      advance()
    }
    throw error("expected \(end) for what began on line \(startLine)")
  }

  private var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func skipSpace() {
    while let byte = byte, byte == 0x20 || 9...13 ~= byte { advance() }
  }

  private mutating func skip(_ text: String) -> Bool {
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private func error(_ message: String) -> Diagnostics {
    Diagnostics(Diagnostic(at: SourceLocation(file: file, line: line, column: 1), message))
  }
}
