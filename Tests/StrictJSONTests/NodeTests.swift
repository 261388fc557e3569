import StrictJSON
import Testing

@Suite struct NodeTests {
  @Test func equalityIgnoresPlacesAndOrder() throws {
    #expect(try parse(#"{"a": [1, 2], "b": {}}"#) == parse(#"{ "b":{},  "a":[ 1,2 ] }"#))
    #expect(try parse("[1, 2]") != parse("[2, 1]"))
    #expect(try parse("1") != parse("1.0"))
    #expect(try parse(#"{"a": 1}"#) != parse(#"{"a": 2}"#))
    #expect(try parse(#"{"a": 1}"#) != parse(#"{"b": 1}"#))
    #expect(try parse(#"{"a": 1}"#) != parse(#"{"a": 1, "b": 1}"#))
    #expect(try parse("null") != parse("false"))
  }

  @Test(arguments: [3, 8, 9, 10, 100])
  func objectsFindTheirMembers(count: Int) {
    var object = JSONObject()
    for index in 0..<count { object.set("key\(index)", to: JSONNode(index)) }
    object.set("key1", to: "changed")
    #expect(object.members.map(\.key) == (0..<count).map { "key\($0)" })
    #expect(object["key1"] == "changed")
    #expect(object["key\(count - 1)"] == JSONNode(count - 1))
    #expect(object["key\(count)"] == nil)
  }

  @Test func pathsLeadToValuesOrNowhere() throws {
    let node = try parse(#"{"a": [1, {"b.c": "d"}], "e": {"": 2.5}}"#)
    #expect(node["a", "1", "b.c"]?.string == "d" && node["a", "0"]?.double == 1)
    #expect(node["e", ""]?.double == 2.5 && node[["a", "1", "b.c"]] == "d")
    #expect(node[[]] == node)
    for path: JSONPath in [["b"], ["a", "2"], ["a", "-1"], ["a", "x"], ["e", "", "f"]] {
      #expect(node[path] == nil, "\(path)")
    }
    #expect(node.members.map(\.key) == ["a", "e"] && node["a"]?.elements.count == 2)
    #expect(node["a"]?.members.isEmpty == true && node.elements.isEmpty)
    #expect(node.double == nil && node.string == nil && node["a", "0"]?.string == nil)
    #expect(node.compactText == #"{"a":[1,{"b.c":"d"}],"e":{"":2.5}}"#)
    #expect(JSONNode(.infinity).compactText == "null")
  }

  @Test func membersWithoutAValueAreLeftOut() {
    let object = JSONObject(["a": 1, "b": nil, "c": .null])
    #expect(JSONNode(object) == ["a": 1, "c": .null])
  }

  @Test func theLastOfEqualKeysCountsInALiteral() throws {
    let node: JSONNode = ["a": 1, "b": 2, "a": 3]
    #expect(try node.text(.compact) == #"{"a":3,"b":2}"#)
  }

  @Test func keysAreTheSameWhereTheirTextIs() throws {
    // A letter with its accent, and the letter followed by a combining accent.
    #expect(complaint("{\"\u{E9}\": 1, \"e\u{301}\": 2}".utf8).contains("duplicate key"))
  }

  @Test func integersConvertToTheNearestReal() {
    #expect(JSONNumber.integer(3).double == 3)
    #expect(JSONNumber.integer(9_007_199_254_740_993).double == 9_007_199_254_740_992)
    #expect(JSONNumber.real(0.5).double == 0.5)
  }

  @Test func kindsReadAsInASentence() throws {
    let node = try parse(#"[null, true, 1, 1.0, "", [], {}]"#)
    #expect(
      node.elements.map(\.value.kind) == [
        "null", "a boolean", "an integer", "a real number", "a string", "an array", "an object",
      ])
  }
}
