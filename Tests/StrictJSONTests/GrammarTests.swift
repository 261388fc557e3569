import ResourceLimits
import StrictJSON
import Testing

/// The whole of RFC 8259, class by class of texts: those that it accepts, those that it refuses, and
/// those that it leaves to the parser, each with what this one makes of it.
///
/// What is said of a text that is refused is tested by ``MalformedTests``.
@Suite struct GrammarTests {
  @Test(arguments: GrammarCases.accepted)
  func accepts(grammar: GrammarCases.Class) throws {
    for text in grammar.texts {
      let node = try #require(try? JSONNode(parsing: text, file: "a.json"), "\(shown(text))")
      #expect(try parse(node.text(.compact)) == node, "\(shown(text))")
    }
  }

  @Test(arguments: GrammarCases.refused)
  func refuses(grammar: GrammarCases.Class) {
    for text in grammar.texts {
      #expect(throws: Diagnostics.self, "\(shown(text))") {
        try JSONNode(parsing: text, file: "a.json")
      }
    }
  }

  /// The RFC leaves these open, or says SHOULD; each choice is written at `JSONNode.init(parsing:file:)`.
  @Test(arguments: GrammarCases.chosen)
  func chooses(text: [UInt8], value: JSONValue?) {
    #expect((try? JSONNode(parsing: text, file: "a.json"))?.value == value, "\(shown(text))")
  }

  @Test(arguments: ["[", "{\"a\":"])
  func nestsUpToTheLimit(opening: String) throws {
    func text(_ depth: Int) -> String {
      String(repeating: opening, count: depth) + "0"
        + String(repeating: opening == "[" ? "]" : "}", count: depth)
    }
    _ = try parse(text(Limits.jsonDepth))
    #expect(throws: Diagnostics.self) { try parse(text(Limits.jsonDepth + 1)) }
  }

  private func shown(_ text: [UInt8]) -> String {
    "\(Diagnostic.quote(String(decoding: text, as: UTF8.self))) \(text.prefix(20))"
  }
}
