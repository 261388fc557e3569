import StrictJSON

extension FuzzTarget {
  /// What is read as JSON is written and read again, the same; so is a patch that is merged into it.
  static let json = Self(
    name: "json",
    words: [
      "true", "false", "null", "[", "]", "{", "}", ":", ",", "\"", "\\u", "\\uD834", "\\uDD1E",
      "\\\"", "-0", "1e400", "1e-400", "9223372036854775808", "-9223372036854775808", "0.1",
      "\u{FEFF}", "\u{1E}",
    ],
    seeds: {
      try files(in: "Configs/models", ".json") + files(in: "Configs/sweeps", ".json") + [
        Array(
          #"{"a": [1, -0, 2.5e-3, "\u00e9\ud834\udd1e\n", null, true, {"": {}}], "b": []}"#.utf8),
        input([#"{"a": {"b": 1, "c": 2}}"#, #"{"a": {"b": null, "d": [3]}}"#]),
      ]
    },
    reader: { _ in
      { input in
        let nodes = try parts(input).prefix(2).compactMap { part in
          try attempt(input) { () throws(Diagnostics) in
            try JSONNode(parsing: part, file: "file.json")
          }
        }
        for node in nodes { try checkWriting(node) }
        if nodes.count == 2 { try checkWriting(nodes[0].merging(patch: nodes[1])) }
      }
    })

  private static func checkWriting(_ node: JSONNode) throws {
    for style in [JSONNode.Style.compact, .pretty] {
      let text = try node.text(style)
      let again = try JSONNode(parsing: Array(text.utf8), file: "again.json")
      try require(again == node, "other values than were written: \(text)")
      try require(try again.text(style) == text, "another text than was read: \(text)")
    }
  }
}
