import LossKit
import Testing

/// Every error of a recipe is reported, with its place, its path, what was expected and what is near.
struct BadRecipeTests {
  @Test func `the recipe that the bad ones are made of is good`() {
    #expect(complaints { () throws(Diagnostics) in try load(goodRecipe) } == [])
  }

  @Test(arguments: BadRecipe.all) func `errors are exact`(bad: BadRecipe) {
    #expect(complaints { () throws(Diagnostics) in try load(bad.text) } == bad.errors)
  }

  @Test(arguments: [
    ("[]", ["r.json:1:1: expected an object, found an array"]),
    ("3", ["r.json:1:1: expected an object, found an integer"]),
    ("{}", [#"r.json:1:1: key "stages" is missing"#]),
    (#"{ "stages": {} }"#, ["r.json:1:13: stages: is empty; expected at least one stage"]),
    (
      #"{ "stages": ["rpn"] }"#,
      ["r.json:1:13: stages: expected an object of stages by name, found an array"]
    ),
    (
      "{\n  \"stages\": { },\n}",
      [#"r.json:2:16: trailing comma; remove the comma before "}""#]
    ),
  ])
  func `texts that are no recipe`(text: String, errors: [String]) {
    #expect(complaints { () throws(Diagnostics) in try load(text) } == errors)
  }

  @Test func `a diagnostic has its parts`() {
    #expect {
      try load(recipe(lines: [20: #"          "loss": { "type": "hubr" },"#]))
    } throws: { error in
      let diagnostic = (error as? Diagnostics)?.all.first
      return diagnostic?.location == SourceLocation(file: "r.json", line: 20, column: 29)
        && diagnostic?.path == ["stages", "rpn", "terms", "box", "loss", "type"]
        && diagnostic?.suggestion == "huber"
        && diagnostic?.message.hasPrefix(#"no loss is called "hubr"; there is "#) == true
    }
  }
}
