import ResourceLimits

/// Reads a JSON text from front to back, by recursive descent.
struct JSONParser {
  static let tooDeep = "nested deeper than \(Limits.jsonDepth) levels; flatten the value"

  let bytes: [UInt8]
  var position = 0

  private let file: String
  private let fixedLocation: SourceLocation?
  private var line = 1
  /// The position of the line's first column, moved on by one for each byte that isn't a column.
  private var lineOrigin = 0

  /// A parser of the contents of `file`.
  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
    fixedLocation = nil
  }

  /// A parser of a text without lines: everything in it stands at `location`.
  init(_ bytes: [UInt8], everythingAt location: SourceLocation) {
    self.bytes = bytes
    file = location.file
    fixedLocation = location
  }

  /// Where `position` is.
  var location: SourceLocation {
    fixedLocation
      ?? SourceLocation(file: file, line: line, column: position - lineOrigin + 1)
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The byte at `position`, or `nil` at the end.
  var next: UInt8? { isAtEnd ? nil : bytes[position] }

  /// Moves past `byte` where it is next, and says whether it was.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Moves past one byte of a string; only the first byte of a scalar makes a column.
  mutating func advance(past byte: UInt8) {
    position += 1
    if UTF8.isContinuation(byte) { lineOrigin += 1 }
  }

  mutating func skipWhitespace() {
    while let next {
      switch next {
      case UInt8(ascii: " "), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): skipLineBreak()
      default: return
      }
    }
  }

  /// Moves past a line feed, a carriage return, or both together, each of them one line break.
  private mutating func skipLineBreak() {
    if take("\r") {
      _ = take("\n")
    } else {
      position += 1
    }
    line += 1
    lineOrigin = position
  }
}

// MARK: - Values

extension JSONParser {
  /// The one value of the text, with nothing but white space around it.
  mutating func document() throws(Diagnostics) -> JSONNode {
    try checkEncoding()
    skipWhitespace()
    guard !isAtEnd else { throw error("the file is empty; expected a JSON value") }
    let node = try value(depth: 0)
    skipWhitespace()
    guard isAtEnd else { throw unexpected("nothing more after the JSON value") }
    return node
  }

  private mutating func value(depth: Int) throws(Diagnostics) -> JSONNode {
    let start = location
    switch next {
    case UInt8(ascii: "{"):
      return JSONNode(.object(try object(depth: depth + 1)), at: start)
    case UInt8(ascii: "["):
      return JSONNode(.array(try array(depth: depth + 1)), at: start)
    case UInt8(ascii: "\""):
      return JSONNode(.string(try string()), at: start)
    case UInt8(ascii: "-"),
      _ where isAtDigit:
      return JSONNode(.number(try number()), at: start)
    default:
      return JSONNode(try word(), at: start)
    }
  }

  private mutating func word() throws(Diagnostics) -> JSONValue {
    let word = nextWord
    let value: JSONValue
    switch word {
    case "true": value = .bool(true)
    case "false": value = .bool(false)
    case "null": value = .null
    case _ where next == UInt8(ascii: "+"):
      throw error("a number has no plus sign; remove it")
    case _ where next == UInt8(ascii: "."):
      throw error("a number starts with a digit; put a 0 before the point")
    default:
      throw unexpected("a value", meaning: nearestName(to: word, in: ["true", "false", "null"]))
    }
    position += word.utf8.count
    return value
  }

  private mutating func array(depth: Int) throws(Diagnostics) -> [JSONNode] {
    let opening = try open(depth: depth)
    var elements: [JSONNode] = []
    if take("]") { return elements }
    while true {
      elements.append(try value(depth: depth))
      if try close("]", of: "array", at: opening) { return elements }
    }
  }

  private mutating func object(depth: Int) throws(Diagnostics) -> JSONObject {
    let opening = try open(depth: depth)
    var object = JSONObject()
    if take("}") { return object }
    while true {
      let keyLocation = location
      let key = try key(newIn: object)
      let node = try value(depth: depth)
      object.append(.init(key: key, keyLocation: keyLocation, node: node))
      if try close("}", of: "object", at: opening) { return object }
    }
  }

  /// Moves past an opening bracket and the white space after it, and says where the bracket was.
  private mutating func open(depth: Int) throws(Diagnostics) -> SourceLocation {
    guard depth <= Limits.jsonDepth else {
      throw error(Self.tooDeep)
    }
    let opening = location
    position += 1
    skipWhitespace()
    return opening
  }

  /// Moves past what follows a member or an element: `bracket`, which ends the container, or a comma.
  private mutating func close(
    _ bracket: Unicode.Scalar, of container: String, at opening: SourceLocation
  ) throws(Diagnostics) -> Bool {
    skipWhitespace()
    if take(bracket) { return true }
    let comma = location
    guard take(",") else {
      throw unexpected("\",\" or \"\(bracket)\" in the \(container) that opens at \(opening)")
    }
    skipWhitespace()
    if next == UInt8(ascii: bracket) {
      throw error("trailing comma; remove the comma before \"\(bracket)\"", at: comma)
    }
    return false
  }

  /// Moves past a key that `object` doesn't have yet, its colon and the white space around it.
  private mutating func key(newIn object: JSONObject) throws(Diagnostics) -> String {
    guard next == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    let start = location
    let key = try string()
    if let earlier = object.member(key) {
      throw error(
        "duplicate key \(Diagnostic.quote(key)), already at \(earlier.keyLocation); "
          + "remove one of the two",
        at: start)
    }
    skipWhitespace()
    guard take(":") else { throw unexpected("\":\" after the key \(Diagnostic.quote(key))") }
    skipWhitespace()
    return key
  }
}
