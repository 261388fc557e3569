import StrictJSON

/// What a variant is: everything that its results depend on but the seed.
enum Meaning {
  /// A short name that equal values share, in whatever order their members stand and however their
  /// numbers are written: 64 bits of the FNV-1a hash (Fowler, Noll, Vo) of the text.
  static func digest(of node: JSONNode) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text(node).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The name of a variant of a sweep whose results all depend on `sweep`.
  static func id(sweep: JSONNode, recipe: JSONNode, model: JSONNode) -> String {
    digest(of: ["sweep": sweep, "recipe": nameless(recipe), "model": nameless(model)])
  }

  /// A recipe or model file without what is only for people and editors.
  static func nameless(_ node: JSONNode) -> JSONNode {
    node.merging(patch: ["$schema": .null, "name": .null, "description": .null])
  }

  private static func text(_ node: JSONNode) -> String {
    switch node.value {
    case .object(let object):
      let members = object.members.sorted { $0.key < $1.key }
        .map { "\(JSONNode($0.key).compactText):\(text($0.node))" }
      return "{\(members.joined(separator: ","))}"
    case .array(let elements):
      return "[\(elements.map(text).joined(separator: ","))]"
    case .number(.real(let real)):
      return Int64(exactly: real).map { "\($0)" } ?? "\(real)"
    default:
      return node.compactText
    }
  }
}
