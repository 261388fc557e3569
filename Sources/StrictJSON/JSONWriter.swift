import ResourceLimits

/// Writes a JSON value as text.
struct JSONWriter {
  /// The length up to which the scalars of an array stay on one line.
  private static let longestLine = 72

  private(set) var text = ""

  private let style: JSONNode.Style
  /// The way to the value being written; as long as the indent is deep.
  private var path: [String] = []

  init(_ style: JSONNode.Style) {
    self.style = style
  }

  /// Adds `node`.
  mutating func write(_ node: JSONNode) throws(Diagnostics) {
    switch node.value {
    case .null: text += "null"
    case .bool(let bool): text += String(bool)
    case .number(.integer(let integer)): text += String(integer)
    case .number(.real(let real)): try write(real, at: node.location)
    case .string(let string): text += Self.quoted(string)
    case .array(let elements):
      try checkDepth(at: node.location)
      try write(elements)
    case .object(let object):
      try checkDepth(at: node.location)
      try write(object)
    }
  }

  private mutating func write(
    _ real: Double, at location: SourceLocation
  ) throws(Diagnostics) {
    guard real.isFinite else {
      let message = "JSON has no \(real); write a finite number or null, or leave the value out"
      throw Diagnostics(Diagnostic(at: location, path: JSONPath(path), message))
    }
    text += real.description
  }

  /// Makes sure that one more array or object at `location` could be read again.
  private func checkDepth(at location: SourceLocation) throws(Diagnostics) {
    guard path.count < Limits.jsonDepth else {
      throw Diagnostics(Diagnostic(at: location, path: JSONPath(path), JSONParser.tooDeep))
    }
  }

  private mutating func write(_ elements: [JSONNode]) throws(Diagnostics) {
    let isOneLine = style == .pretty && fitsOneLine(elements)
    text += "["
    for (position, element) in elements.enumerated() {
      if position > 0 { text += isOneLine ? ", " : "," }
      path.append(String(position))
      if !isOneLine { breakLine() }
      try write(element)
      path.removeLast()
    }
    if !isOneLine { breakLine() }
    text += "]"
  }

  private mutating func write(_ object: JSONObject) throws(Diagnostics) {
    text += "{"
    for (position, member) in object.members.enumerated() {
      if position > 0 { text += "," }
      path.append(member.key)
      breakLine()
      text += Self.quoted(member.key)
      text += style == .pretty ? ": " : ":"
      try write(member.node)
      path.removeLast()
    }
    if !object.members.isEmpty { breakLine() }
    text += "}"
  }

  private mutating func breakLine() {
    guard style == .pretty else { return }
    text += "\n"
    text += String(repeating: "  ", count: path.count)
  }

  private func fitsOneLine(_ elements: [JSONNode]) -> Bool {
    var line = JSONWriter(.compact)
    for element in elements {
      switch element.value {
      case .array, .object: return false
      default: break
      }
      // A number that can't be written fits; writing it throws.
      try? line.write(element)
      line.text += ", "
      if line.text.utf8.count > Self.longestLine { return false }
    }
    return true
  }
}

extension JSONWriter {
  /// `string` as a JSON string: in quotes; quotes, backslashes and control characters escaped.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.isControl: text += scalar.escaped
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
