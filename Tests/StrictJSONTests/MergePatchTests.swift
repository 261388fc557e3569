import SeededNumbers
import StrictJSON
import Testing

@Suite struct MergePatchTests {
  /// The test cases of RFC 7386, appendix A, in its order.
  @Test(arguments: [
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
    (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
    (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
    (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
    (#"{"a":"foo"}"#, #"null"#, #"null"#),
    (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
    (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
    (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
    (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
  ])
  func followsRFC7386(original: String, patch: String, result: String) throws {
    let merged = try parse(original).merging(patch: parse(patch))
    #expect(try merged.text(.compact) == result)
  }

  /// Where the RFC would keep members that mean nothing to another type.
  @Test(arguments: [
    (#"{"type":"a","x":1}"#, #"{"type":"b"}"#, #"{"type":"b"}"#),
    (#"{"type":"a","x":1}"#, #"{"type":"b","x":null,"y":2}"#, #"{"type":"b","y":2}"#),
    (#"{"l":{"type":"a","x":1},"z":0}"#, #"{"l":{"type":"b"}}"#, #"{"l":{"type":"b"},"z":0}"#),
    (#"{"type":"a","x":1}"#, #"{"type":"a","y":2}"#, #"{"type":"a","x":1,"y":2}"#),
    (#"{"type":"a","x":1}"#, #"{"type":null}"#, #"{"x":1}"#),
    (#"{"x":1}"#, #"{"type":"a"}"#, #"{"x":1,"type":"a"}"#),
  ])
  func anotherTypeReplacesTheObject(original: String, patch: String, result: String) throws {
    let merged = try parse(original).merging(patch: parse(patch))
    #expect(try merged.text(.compact) == result)
  }

  /// The example of RFC 7386, section 3.
  @Test func followsTheExampleOfRFC7386() throws {
    let merged = try parse(
      """
      { "title": "Goodbye!", "author": { "givenName": "John", "familyName": "Doe" },
        "tags": ["example", "sample"], "content": "This will be unchanged" }
      """
    ).merging(
      patch: parse(
        """
        { "title": "Hello!", "phoneNumber": "+01-123-456-7890",
          "author": { "familyName": null }, "tags": ["example"] }
        """))
    #expect(
      try merged.text(.compact)
        == #"{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"#
        + #""content":"This will be unchanged","phoneNumber":"+01-123-456-7890"}"#)
  }

  @Test func keepsOrderAndOrigins() throws {
    let base = try JSONNode(
      parsing: Array(#"{"z": 1, "y": {"x": 2, "w": 3}, "v": 4}"#.utf8), file: "base.json")
    let patch = try JSONNode(
      parsing: Array(#"{"new": 5, "y": {"u": 6, "w": 7}, "z": {"t": null}}"#.utf8),
      file: "patch.json")
    let merged = base.merging(patch: patch)
    #expect(
      try merged.text(.compact) == #"{"z":{},"y":{"x":2,"w":7,"u":6},"v":4,"new":5}"#)
    let members = merged.members + (merged["y"]?.members ?? [])
    #expect(
      members.map { "\($0.key) \($0.keyLocation) \($0.node.location)" } == [
        "z patch.json:1:35 patch.json:1:40", "y base.json:1:10 base.json:1:15",
        "v base.json:1:33 base.json:1:38", "new patch.json:1:2 patch.json:1:9",
        "x base.json:1:16 base.json:1:21", "w patch.json:1:26 patch.json:1:31",
        "u patch.json:1:18 patch.json:1:23",
      ])
  }

  @Test func mergesRandomValuesAsTheRFCDemands() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<1_000 {
      let base = JSONNode.random(depth: 3, using: &generator)
      let patch = JSONNode.random(depth: 3, using: &generator)
      let merged = base.merging(patch: patch)
      #expect(base.merging(patch: [:]) == (base.isObject ? base : [:]))
      #expect(merged.merging(patch: patch) == merged)
    }
  }
}

extension JSONNode {
  fileprivate var isObject: Bool {
    if case .object = value { true } else { false }
  }
}
