import CommandLineTestSupport
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

  /// A recipe that would clear the screen, hide what is wrong, and say that it is well.
  @Test func aRecipeSpeaksForItselfAlone() throws {
    let name = "\u{1B}[2J\u{1B}[32mok\u{1B}[0m\nevil.json: ok\u{202E}\u{9B}\u{2028}\u{7F}"
    let text = SmallDetector.recipe.replacing(
      "\"stages\"", with: "\"name\": \(JSONNode(name).compactText), \"stages\"")
    let escaped = #"\u001B[2J\u001B[32mok\u001B[0m\nevil.json: ok\u202E\u009B\u2028\u007F"#
    for bad in ["", "max_uoi"] {
      let named = text.replacing("dense", with: JSONNode(name).compactText.dropFirst().dropLast())
        .replacing("max_iou", with: bad.isEmpty ? "max_iou" : bad)
      let recipe = try folder.write(named, to: "evil\u{1B}[31m.json")
      for arguments in [
        ["check", recipe], ["evaluate", recipe, try folder.bundle()],
        ["compare", recipe, "--bundle", try folder.bundle()], ["check", recipe, "--json"],
        ["gradcheck", recipe, "--bundle", try folder.bundle()], ["check", recipe + "\u{202E}"],
        ["evaluate", recipe, try folder.bundle(), "--set", "stages.\(name)=1"],
        ["try", name, "--predictions", "1", "--targets", "\u{1B}"],
      ] {
        let answer = Answer(to: arguments)
        for text in [answer.text, answer.errors] {
          #expect(
            !text.unicodeScalars.contains {
              "\u{1B}\u{202E}\u{9B}\u{2028}\u{7F}".unicodeScalars.contains($0)
            })
          #expect(!text.split(separator: "\n").contains { $0.hasPrefix("evil.json: ok") })
        }
      }
    }
    let recipe = try folder.write(text, to: "evil.json")
    #expect(losskit("check", recipe) == Answer(0, "\(recipe): ok, \(escaped): dense (cls, box)\n"))
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
