import StrictJSON
import Testing

@Suite struct SettingTests {
  private let recipe = Result {
    try parse(
      """
      {
        "name": "retina",
        "stages": {
          "rpn": { "sampler": { "count": 256 }, "scales": [8, [16, 32]] },
          "rcnn": {}
        }
      }
      """)
  }

  @Test(arguments: [
    (
      "stages.rpn.sampler.count=128",
      #"{"name":"retina","stages":{"rpn":{"sampler":{"count":128},"scales":[8,[16,32]]},"rcnn":{}}}"#
    ),
    (
      "stages.rcnn.weight=0.5",
      #"{"name":"retina","stages":{"rpn":{"sampler":{"count":256},"scales":[8,[16,32]]},"#
        + #""rcnn":{"weight":0.5}}}"#
    ),
    (
      "stages.rpn.scales.1.0=[4]",
      #"{"name":"retina","stages":{"rpn":{"sampler":{"count":256},"scales":[8,[[4],32]]},"rcnn":{}}}"#
    ),
    ("stages=null", #"{"name":"retina","stages":null}"#),
    (#"stages={"rpn": true}"#, #"{"name":"retina","stages":{"rpn":true}}"#),
  ])
  func setsAValue(text: String, result: String) throws {
    let setting = try JSONSetting(parsing: text)
    let changed = try recipe.get().setting(setting.node, at: setting.path)
    #expect(try changed.text(.compact) == result)
  }

  @Test func replacesTheRoot() throws {
    #expect(try recipe.get().setting(1, at: []) == 1)
  }

  @Test(arguments: [
    (
      "stages.rpm.sampler.count=1",
      #"stages.rpm: unknown key "rpm" in the object at a.json:3:13; "#
        + #"only the last key of a path may be new; did you mean "rpn"?"#
    ),
    (
      "quite.different=1",
      #"quite: unknown key "quite" in the object at a.json:1:1; "#
        + "only the last key of a path may be new"
    ),
    (
      "stages.rpn.scales.2=1",
      #"stages.rpn.scales.2: no element "2" in the array at a.json:4:53, which has 2, counted from 0"#
    ),
    (
      "stages.rpn.scales.-1=1",
      #"stages.rpn.scales.-1: no element "-1" in the array at a.json:4:53, which has 2, "#
        + "counted from 0"
    ),
    (
      "stages.rpn.scales.first=1",
      #"stages.rpn.scales.first: no element "first" in the array at a.json:4:53, which has 2, "#
        + "counted from 0"
    ),
    (
      "name.first=1",
      "name.first: the value at a.json:2:11 is a string, which has no keys; "
        + "end the path before this one"
    ),
  ])
  func saysWhereThePathLeadsNowhere(text: String, message: String) throws {
    let recipe = try recipe.get()
    let setting = try JSONSetting(parsing: text)
    #expect(
      complaint { () throws(Diagnostics) in
        try recipe.setting(setting.node, at: setting.path)
      } == "--set: " + message)
  }

  @Test(
    arguments: [
      ("a=1", ["a"], 1),
      ("a.b=1.0", ["a", "b"], 1.0),
      ("a= [1, 2] ", ["a"], [1, 2]),
      ("a=true", ["a"], true),
      ("a=null", ["a"], .null),
      (#"a="1""#, ["a"], "1"),
      ("name=foo", ["name"], "foo"),
      ("a=", ["a"], ""),
      ("a=b=c", ["a"], "b=c"),
      ("a=01", ["a"], "01"),
      ("a=1e999", ["a"], "1e999"),
      ("a=n (c a) h w", ["a"], "n (c a) h w"),
      (#"a."b.c=d".1=2"#, ["a", "b.c=d", "1"], 2),
    ] as [(String, JSONPath, JSONNode)])
  func readsPathAndValue(text: String, path: JSONPath, node: JSONNode) throws {
    let setting = try JSONSetting(parsing: text, option: "--with")
    #expect(setting.path == path)
    #expect(setting.node == node)
    #expect(setting.node.location.description == "--with")
  }

  @Test(arguments: [
    ("a.b", #"expected path=value, such as sampler.count=128, not "a.b""#),
    ("", "a key of the path is missing; a path is keys with dots between them"),
    ("=1", "a key of the path is missing; a path is keys with dots between them"),
    ("a..b=1", "a key of the path is missing; a path is keys with dots between them"),
    ("a.=1", "a key of the path is missing; a path is keys with dots between them"),
    (#""a=1"#, #"this string has no end; add the closing ""#),
  ])
  func saysWhatIsWrongWithASetting(text: String, message: String) {
    #expect(
      complaint { () throws(Diagnostics) in try JSONSetting(parsing: text) }
        == "--set: " + message)
  }

  @Test func givesWhatItSetsItsOwnLocation() throws {
    let setting = try JSONSetting(parsing: "stages.rcnn=[1]")
    guard
      case .object(let object) = try recipe.get().setting(setting.node, at: setting.path).value,
      let stages = object.member("stages"), case .object(let inner) = stages.node.value,
      let member = inner.member("rcnn"), case .array(let elements) = member.node.value
    else {
      Issue.record("not the object expected")
      return
    }
    #expect(stages.keyLocation.description == "a.json:3:3")
    #expect(inner.member("rpn")?.keyLocation.description == "a.json:4:5")
    #expect(member.keyLocation.description == "--set")
    #expect(elements.map(\.location.description) == ["--set"])
  }
}
