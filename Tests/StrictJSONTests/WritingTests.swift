import StrictJSON
import Testing

@Suite struct WritingTests {
  private let report: JSONNode = [
    "name": "a \"quoted\"\ttab, é and \u{9B}", "weight": 1.0, "count": 1, "flag": true,
    "none": .null, "scales": [8, 16, 32], "empty": [], "nothing": [:],
    "nested": [[0.5, "x"], []],
    "terms": ["a": ["loss": 1e-5], "b": [:]],
  ]

  @Test func writesPretty() throws {
    #expect(
      try report.text() == #"""
        {
          "name": "a \"quoted\"\ttab, é and \u009B",
          "weight": 1.0,
          "count": 1,
          "flag": true,
          "none": null,
          "scales": [8, 16, 32],
          "empty": [],
          "nothing": {},
          "nested": [
            [0.5, "x"],
            []
          ],
          "terms": {
            "a": {
              "loss": 1e-05
            },
            "b": {}
          }
        }
        """#)
  }

  @Test func writesCompact() throws {
    #expect(
      try report.text(.compact)
        == #"{"name":"a \"quoted\"\ttab, é and \u009B","weight":1.0,"count":1,"flag":true,"#
        + #""none":null,"scales":[8,16,32],"empty":[],"nothing":{},"nested":[[0.5,"x"],[]],"#
        + #""terms":{"a":{"loss":1e-05},"b":{}}}"#)
  }

  @Test func breaksLongArrays() throws {
    let short = JSONNode((0..<24).map { _ in 7 })
    #expect(try short.text().contains("\n") == false)
    let long = JSONNode((0..<25).map { _ in 7 })
    #expect(try long.text().split(separator: "\n").count == 27)
  }

  @Test(arguments: [
    (0.1, "0.1"), (1, "1.0"), (-0.0, "-0.0"), (1e16, "1e+16"), (100_000, "100000.0"),
    (1.0 / 3, "0.3333333333333333"), (.greatestFiniteMagnitude, "1.7976931348623157e+308"),
    (.leastNonzeroMagnitude, "5e-324"),
  ])
  func writesRealsInTheShortestForm(real: Double, text: String) throws {
    #expect(try JSONNode(real).text() == text)
  }

  @Test(arguments: [(Double.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func refusesNumbersThatAreNotFinite(real: Double, name: String) {
    let node: JSONNode = ["trials": [1, ["loss": JSONNode([0, JSONNode(real)])]]]
    for style in [JSONNode.Style.compact, .pretty] {
      #expect(
        complaint { () throws(Diagnostics) in try node.text(style) }
          == "<program>: trials.1.loss.1: JSON has no \(name); "
          + "write a finite number or null, or leave the value out")
    }
  }
}
