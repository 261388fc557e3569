import ResourceLimits

extension JSONParser {
  /// Moves past a path: keys with dots between them, up to a `=` or the end.
  mutating func path() throws(Diagnostics) -> JSONPath {
    var components: [String] = []
    repeat {
      guard components.count < Limits.jsonDepth else {
        throw error("the path has more than \(Limits.jsonDepth) keys; no value lies as deep")
      }
      components.append(next == UInt8(ascii: "\"") ? try string() : try plainKey())
    } while take(".")
    return JSONPath(components)
  }

  private mutating func plainKey() throws(Diagnostics) -> String {
    let marks: [UInt8] = [UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "\"")]
    let key = bytes[position...].prefix { !marks.contains($0) }
    guard !key.isEmpty else {
      throw error("a key of the path is missing; a path is keys with dots between them")
    }
    position += key.count
    return String(decoding: key, as: UTF8.self)
  }
}
