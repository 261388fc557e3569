import Foundation
import LossKit
import ResourceLimits
import TestSupport
import Testing

/// Recipes that extend others.
struct ExtendsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(goodRecipe, to: "base.json")
  }

  @Test func `a chain of three merges from the far end`() throws {
    try folder.write(
      #"{ "extends": "../base.json", "name": "middle", "stages": { "rpn": { "terms": { "box": { "weight": 3, "loss": { "beta": 0.5 } } } } } }"#,
      to: "sub/middle.json")
    let path = try folder.write(
      #"{ "extends": "sub/middle", "stages": { "rpn": { "terms": { "box": { "weight": 4 } } } } }"#,
      to: "top.json")
    let recipe = try load(file: path)
    #expect(recipe.objective.name == "middle")
    let term = try #require(try recipe.term("box"))
    #expect(term.weight == 4)
    #expect(try term.loss.value(of: 1) == 0.75, "beta 0.5")
    #expect(try recipe.term("cls") != nil)
  }

  @Test func `without a name a recipe is called as its file`() throws {
    let path = try folder.write(#"{ "extends": "base" }"#, to: "my recipe.json")
    #expect(try load(file: path).objective.name == "my recipe")
  }

  @Test func `null removes`() throws {
    let path = try folder.write(
      #"{ "extends": "base", "stages": { "rpn": { "terms": { "cls": null, "box": { "weight": null, "loss": { "beta": null } } } } } }"#,
      to: "top.json")
    let recipe = try load(file: path)
    #expect(recipe.objective.stages[0].terms.map(\.name) == ["box"])
    let term = try #require(try recipe.term("box"))
    #expect(term.weight == 1)
    #expect(try term.loss.value(of: 0.5) == 0.125, "beta 1")
  }

  @Test func `a name replaces an object, and an object a name`() throws {
    let middle = try folder.write(
      #"{ "extends": "base", "stages": { "rpn": { "terms": { "box": { "loss": "l2" } } } } }"#,
      to: "middle.json")
    #expect(try load(file: middle).term("box")?.loss is L2Loss)
    let top = try folder.write(
      """
      { "extends": "middle",
        "stages": { "rpn": { "terms": { "box": { "loss": { "delta": 2 } } } } } }
      """, to: "top.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: top) }
        == [#"\#(top):2:52: stages.rpn.terms.box.loss: key "type" is missing"#])
  }

  @Test func `a recipe can't extend itself`() throws {
    let path = try folder.write("{\n  \"extends\": \"self\" }", to: "self.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: path) }
        == ["\(path):2:14: extends: the recipe extends itself: self.json extends self.json"])
  }

  @Test func `nor by way of others`() throws {
    let entry = try folder.write(#"{ "extends": "a" }"#, to: "entry.json")
    try folder.write(#"{ "extends": "b" }"#, to: "a.json")
    try folder.write(#"{ "extends": "./c" }"#, to: "b.json")
    try folder.write(#"{ "extends": "sub/../a" }"#, to: "c.json")
    try folder.write("{}", to: "sub/any.json")
    let found = complaints { () throws(Diagnostics) in try load(file: entry) }
    #expect(found.count == 1)
    #expect(
      found.first?.hasSuffix(
        "c.json:1:14: extends: the recipe extends itself: "
          + "a.json extends b.json extends c.json extends a.json") == true)
  }

  @Test func `recipes extend one another up to a limit`() throws {
    for file in 1..<Limits.recipeFiles {
      try folder.write(
        "{ \"extends\": \"\(file == 1 ? "base" : "\(file - 1)")\" }", to: "\(file).json")
    }
    let last = folder.path("\(Limits.recipeFiles - 1).json")
    #expect(complaints { () throws(Diagnostics) in try load(file: last) } == [])
    let more = try folder.write("{ \"extends\": \"\(Limits.recipeFiles - 1)\" }", to: "more.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: more) }
        == ["\(folder.path("1.json")):1:14: extends: more than 64 recipes extend one another"])
  }

  @Test func `a recipe has so many bytes at most`() throws {
    let spaces = String(repeating: " ", count: Limits.recipeBytes - goodRecipe.utf8.count)
    let longest = try folder.write(goodRecipe + spaces, to: "longest.json")
    #expect(complaints { () throws(Diagnostics) in try load(file: longest) } == [])
    let longer = try folder.write(goodRecipe + spaces + " ", to: "longer.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: longer) }
        == ["\(longer): is 4194305 bytes long; expected 4194304 at most"])
  }

  /// Nobody waits for a pipe's other end, or for the end of a device.
  @Test func `a base that is no file`() throws {
    let top = try folder.write(#"{ "extends": "base_2" }"#, to: "top.json")
    let base = folder.path("base_2.json")
    try FileManager.default.createSymbolicLink(atPath: base, withDestinationPath: "/dev/zero")
    func expected(_ kind: String) -> [String] {
      [#"\#(top):1:14: extends: "base_2.json": is \#(kind); expected a file"#]
    }
    func found() -> [String] {
      complaints { () throws(Diagnostics) in try load(file: top) }
        .map { $0.replacing(/; did you mean .*/, with: "") }
    }
    #expect(found() == expected("a device"))
    try FileManager.default.removeItem(atPath: base)
    #expect(try Subprocess(["mkfifo", base]).status == 0)
    #expect(found() == expected("a pipe"))
  }

  @Test func `a missing base is reported where it is named`() throws {
    let near = try folder.write("{\n  \"extends\": \"bsae\" }", to: "near.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: near) }
        == [#"\#(near):2:14: extends: "bsae.json": no such file; did you mean "base.json"?"#])
    let far = try folder.write(#"{ "extends": "sub/retina_net.json" }"#, to: "far.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: far) }
        == [#"\#(far):1:14: extends: "retina_net.json": no such file"#])
    try folder.write("{}", to: "folder.json/file")
    let directory = try folder.write(#"{ "extends": "folder" }"#, to: "directory.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: directory) }
        == [#"\#(directory):1:14: extends: "folder.json": is a folder; expected a file"#])
  }

  @Test func `so is a missing recipe`() {
    #expect(
      complaints { () throws(Diagnostics) in try load(file: folder.path("none.json")) }
        == ["\(folder.path("none.json")): no such file"])
  }

  @Test(arguments: [
    ("7", "expected the file name of a recipe, found an integer"),
    (#"["base"]"#, "expected the file name of a recipe, found an array"),
    ("null", "expected the file name of a recipe, found null"),
    (#""""#, "is empty; expected the file name of a recipe"),
  ])
  func `extends is a name`(value: String, message: String) throws {
    let path = try folder.write("{ \"extends\": \(value) }", to: "top.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: path) }
        == ["\(path):1:14: extends: \(message)"])
  }

  @Test func `errors stand where their text stands`() throws {
    let bad = recipe(lines: [
      6: #"      "sampler": { "type": "random", "count": 0 },"#,
      22: #"          "weight": "much""#,
    ])
    let base = try folder.write(bad, to: "bad.json")
    let top = try folder.write(
      """
      { "extends": "bad",
        "stages": { "rpn": { "sampler": { "positive_fraction": 2 }, "coders": {} } } }
      """, to: "top.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: top) } == [
        "\(base):6:47: stages.rpn.sampler.count: is 0; expected ≥ 1",
        "\(base):22:21: stages.rpn.terms.box.weight: expected a number, found a string",
        "\(top):2:58: stages.rpn.sampler.positive_fraction: is 2; expected 0 … 1",
        #"\#(top):2:63: stages.rpn.coders: unknown key "coders"; expected one of description, priors, assigner, match_costs, sampler, coder, terms; did you mean "coder"?"#,
      ])
  }

  @Test func `a base that is no JSON is shown as such`() throws {
    let base = try folder.write("{\n  'stages': {}\n}", to: "bad.json")
    let top = try folder.write(#"{ "extends": "bad" }"#, to: "top.json")
    #expect(
      complaints { () throws(Diagnostics) in try load(file: top) }
        == ["\(base):2:3: JSON takes no single quotes; use double quotes"])
  }
}

extension Loss {
  /// The loss of one prediction against 0.
  func value(of prediction: Double) throws -> Double {
    try evaluate(
      Tensor(shape: [1, 1], elements: [prediction]),
      targets: .dense(try Tensor(shape: [1, 1], elements: [0])), reduction: .sum
    ).value
  }
}
