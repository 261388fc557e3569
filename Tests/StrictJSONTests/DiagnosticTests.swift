import StrictJSON
import Testing

@Suite struct DiagnosticTests {
  @Test func readsAsOneLine() {
    let location = SourceLocation(file: "recipe.json", line: 12, column: 7)
    let path: JSONPath = ["stages", "rpn", "sampler", "cuont"]
    #expect(
      Diagnostic(at: location, path: path, "unknown key \"cuont\"", suggestion: "count").description
        == #"recipe.json:12:7: stages.rpn.sampler.cuont: unknown key "cuont"; did you mean "count"?"#
    )
    #expect(
      Diagnostic(at: location, "expected an object").description
        == "recipe.json:12:7: expected an object")
    #expect(
      Diagnostic(at: SourceLocation(file: "--set"), path: ["a"], "expected a number").description
        == "--set: a: expected a number")
  }

  @Test func staysOneLineWhateverItTells() {
    let diagnostic = Diagnostic(
      at: SourceLocation(file: "a\nb.json", line: 1, column: 2), path: ["\u{1B}[2J"],
      "no \u{202E}stage\nb.json: ok")
    #expect(
      diagnostic.description
        == #"a\nb.json:1:2: "\u001B[2J": no \u202Estage\nb.json: ok"#)
    #expect(Diagnostic.visible("é \"b\" \\") == "é \"b\" \\")
  }

  @Test func comeInTheOrderOfTheirPlaces() {
    func diagnostic(_ file: String, _ line: Int, _ column: Int, _ message: String) -> Diagnostic {
      Diagnostic(at: SourceLocation(file: file, line: line, column: column), message)
    }
    let found = [
      diagnostic("b.json", 1, 1, "fifth"), diagnostic("a.json", 10, 1, "third"),
      diagnostic("a.json", 9, 20, "second"), diagnostic("a.json", 10, 1, "fourth"),
      diagnostic("a.json", 9, 3, "first"),
    ]
    #expect(
      Diagnostics(found)?.description == """
        a.json:9:3: first
        a.json:9:20: second
        a.json:10:1: third
        a.json:10:1: fourth
        b.json:1:1: fifth
        """)
  }

  @Test func thereIsNoErrorWithoutDiagnostics() {
    #expect(Diagnostics([]) == nil)
  }

  @Test func quotesNamesOnOneReadableLine() {
    #expect(Diagnostic.quote("a\"b\\c\n\u{1B}\u{9B}é") == #""a\"b\\c\n\u001B\u009Bé""#)
    let long = String(repeating: "é", count: 60)
    #expect(Diagnostic.quote(long) == "\"\(long)\"")
    #expect(Diagnostic.quote(long + "é") == "\"\(long)…\"")
    #expect(Diagnostic.quotePath(long + "é") == "\"\(long)é\"")
  }
}
