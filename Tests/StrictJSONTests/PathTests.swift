import SeededNumbers
import StrictJSON
import Testing

@Suite struct PathTests {
  private let location = SourceLocation(file: "sweep.json", line: 3, column: 5)

  @Test(
    arguments: [
      (["stages", "rpn", "terms"], "stages.rpn.terms"),
      (["scales", "1"], "scales.1"),
      (["a b", "é/[0]"], "a b.é/[0]"),
      (["a.b", "", "c=d", "\"", "\n"], #""a.b".""."c=d"."\""."\n""#),
    ] as [(JSONPath, String)])
  func isWrittenWithDots(path: JSONPath, text: String) throws {
    #expect(path.description == text)
    #expect(try JSONPath(parsing: text, at: location) == path)
  }

  @Test func growsByKeysAndPositions() {
    #expect(JSONPath().appending("a").appending(3).description == "a.3")
    #expect(JSONPath().description == "")
  }

  @Test func readsBackRandomPaths() throws {
    var generator = SeededGenerator(seed: 5)
    let letters = Array("ab.=\"\\\n é1")
    for _ in 0..<2_000 {
      let path = JSONPath(
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in
          String(
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in
              letters.randomElement(using: &generator) ?? "a"
            })
        })
      #expect(try JSONPath(parsing: path.description, at: location) == path)
    }
  }

  @Test(arguments: [
    ("", "a key of the path is missing; a path is keys with dots between them"),
    (".a", "a key of the path is missing; a path is keys with dots between them"),
    (
      "a=b",
      #"expected "." after a; a key that contains "=" or quotes stands in quotes"#
    ),
    (
      #"a"b"#,
      #"expected "." after a; a key that contains "=" or quotes stands in quotes"#
    ),
    (
      #""\q""#,
      #"unknown escape; JSON has \" \\ \/ \b \f \n \r \t and \uXXXX (a backslash itself is \\)"#
    ),
  ])
  func saysWhatIsWrong(text: String, message: String) {
    #expect(
      complaint { () throws(Diagnostics) in try JSONPath(parsing: text, at: location) }
        == "sweep.json:3:5: " + message)
  }
}
