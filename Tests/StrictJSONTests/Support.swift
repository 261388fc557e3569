import SeededNumbers
import StrictJSON

/// Parses `text` as the file `a.json`.
func parse(_ text: String) throws(Diagnostics) -> JSONNode {
  try JSONNode(parsing: Array(text.utf8), file: "a.json")
}

/// What parsing `bytes` as the file `a.json` complains about.
func complaint(_ bytes: some Sequence<UInt8>) -> String {
  complaint { () throws(Diagnostics) in try JSONNode(parsing: Array(bytes), file: "a.json") }
}

/// What `body` complains about.
func complaint<Result>(_ body: () throws(Diagnostics) -> Result) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return error.description
  }
}

extension JSONNode {
  /// A random value that nests up to `depth` levels.
  static func random(depth: Int, using generator: inout SeededGenerator) -> JSONNode {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
    case 0: return .null
    case 1: return JSONNode(Bool.random(using: &generator))
    case 2: return JSONNode(Int.random(in: -1000...1000, using: &generator))
    case 3: return JSONNode(Int(truncatingIfNeeded: generator.next()))
    case 4: return JSONNode(randomReal(using: &generator))
    case 5: return JSONNode(randomString(using: &generator))
    case 6:
      let count = Int.random(in: 0..<30, using: &generator)
      return JSONNode((0..<count).map { _ in random(depth: 0, using: &generator) })
    case 7:
      let count = Int.random(in: 0..<5, using: &generator)
      return JSONNode((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0..<14, using: &generator) {
        let key = randomString(using: &generator)
        object.set(key, to: random(depth: depth - 1, using: &generator))
      }
      return JSONNode(object)
    }
  }

  /// Any finite Double, subnormal ones, huge ones and both zeros among them.
  private static func randomReal(using generator: inout SeededGenerator) -> Double {
    if Bool.random(using: &generator) {
      return Double(Int.random(in: -50...50, using: &generator))
    }
    let real = Double(bitPattern: generator.next())
    return real.isFinite ? real : 0.1
  }

  /// Up to 12 scalars: plain ones, ones that need an escape, and ones from all of Unicode.
  private static func randomString(using generator: inout SeededGenerator) -> String {
    var string = ""
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let limit: UInt32 = [0x20, 0x80, 0x800, 0x11_0000].randomElement(using: &generator) ?? 0x80
      let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &generator))
      string.unicodeScalars.append(scalar ?? "\"")
    }
    return string
  }
}
