import LossKit
import TestSupport
import Testing

@Suite struct CheckTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func validRecipe() throws {
    let recipe = try folder.recipe()
    let answer = losskit("check", recipe)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(answer.text == "\(recipe): ok, small: dense (cls, box)\n")
  }

  @Test func everyErrorOfEveryRecipeIsTold() throws {
    let good = try folder.recipe("good.json")
    let bad = try folder.write(
      SmallDetector.recipe.replacing("max_iou", with: "max_uoi")
        .replacing("\"weight\"", with: "\"wieght\""),
      to: "bad.json")
    let answer = losskit("check", bad, good, folder.path("none.json"))
    #expect(answer.status == 1)
    #expect(answer.text == "\(good): ok, good: dense (cls, box)\n")
    let lines = answer.errors.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("\(bad):5:29: stages.dense.assigner.type: no assigner is called"))
    #expect(lines[0].hasSuffix("did you mean \"max_iou\"?"))
    #expect(lines[1].hasPrefix("\(bad):15:82: stages.dense.terms.box.wieght: unknown key"))
    #expect(lines[1].hasSuffix("did you mean \"weight\"?"))
    #expect(lines[2] == "\(folder.path("none.json")): no such file")
    #expect(lines[3] == "losskit: error: 2 of 3 recipes are not valid")
  }

  @Test func settingsAreCheckedToo() throws {
    let recipe = try folder.recipe()
    #expect(losskit("check", recipe, "--set", "stages.dense.terms.box.loss.beta=0.1").status == 0)
    let answer = losskit("check", recipe, "--set", "stages.dense.terms.box.loss.beta=-1")
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(
      answer.errors == """
        --set: stages.dense.terms.box.loss.beta: is -1; expected ≥ 0
        losskit: error: the recipe is not valid

        """)
  }

  @Test func jsonHoldsEveryDiagnostic() throws {
    let good = try folder.recipe("good.json")
    let bad = try folder.write("{\n  \"stages\": 1\n}", to: "bad.json")
    let answer = losskit("check", good, bad, "--json")
    #expect(answer.status == 1)
    #expect(
      try answer.json == [
        [
          "file": JSONNode(good), "ok": true, "name": "good",
          "stages": [["name": "dense", "terms": ["cls", "box"]]], "diagnostics": [],
        ],
        [
          "file": JSONNode(bad), "ok": false,
          "diagnostics": [
            [
              "file": JSONNode(bad), "line": 2, "column": 13, "path": "stages",
              "message": "expected an object of stages by name, found an integer",
            ]
          ],
        ],
      ])
  }
}
