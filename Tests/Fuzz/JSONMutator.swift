import SeededNumbers
import StrictJSON

/// Changes JSON at random into other JSON, which byte by byte rarely comes about.
struct JSONMutator {
  private var random: SeededGenerator
  /// What is put in the place of values.
  private let values: [JSONNode]

  /// A mutator that puts numbers at which arithmetic ends, and some words, in the place of values.
  init(seed: UInt64, words: [String]) {
    random = SeededGenerator(seed: seed)
    values =
      words.compactMap { try? JSONNode(parsing: Array($0.utf8), file: "") } + [
        0, 1, -1, 2, 3000, JSONNode(Int.max), JSONNode(Int.min), JSONNode(1 << 40), 0.5, -0.0,
        1e308,
        1e-300, true, false, "", "-1", "a\u{1B}b\n", [], [:], .null,
      ]
  }

  /// An input of which one part is changed, of those that are JSON; nothing where the one chosen isn't.
  mutating func mutated(_ input: [UInt8]) -> [UInt8]? {
    var parts = FuzzTarget.parts(input)
    let index = Int.random(in: parts.indices, using: &random)
    guard let root = try? JSONNode(parsing: parts[index], file: "") else { return nil }
    var nodes: [JSONNode] = []
    collect(root, into: &nodes)
    var place = Int.random(in: nodes.indices, using: &random)
    let other = nodes[Int.random(in: nodes.indices, using: &random)]
    guard let text = try? changed(root, &place, other)?.text() else { return nil }
    parts[index] = Array(text.utf8)
    return Array(parts.joined(separator: [FuzzTarget.separator]))
  }

  private func collect(_ node: JSONNode, into nodes: inout [JSONNode]) {
    nodes.append(node)
    for member in node.members { collect(member.node, into: &nodes) }
    for element in node.elements { collect(element, into: &nodes) }
  }

  /// `node` with another one in the place of the one that is collected at `place`, or without it.
  private mutating func changed(
    _ node: JSONNode, _ place: inout Int, _ other: JSONNode
  ) -> JSONNode? {
    place -= 1
    if place == -1 { return replacement(of: node, other) }
    switch node.value {
    case .object(let object):
      var result = JSONObject()
      for member in object.members {
        if let node = changed(member.node, &place, other) { result.set(member.key, to: node) }
      }
      return JSONNode(result)
    case .array(let elements):
      var result: [JSONNode] = []
      for element in elements {
        if let node = changed(element, &place, other) { result.append(node) }
      }
      return JSONNode(result)
    default: return node
    }
  }

  private mutating func replacement(of node: JSONNode, _ other: JSONNode) -> JSONNode? {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: nil
    case 1: other
    case 2: [node]
    case 3: [node, other]
    case 4: node.double.map { JSONNode(-$0) } ?? node.string.map { JSONNode($0 + $0) } ?? other
    default: values[Int.random(in: values.indices, using: &random)]
    }
  }
}
