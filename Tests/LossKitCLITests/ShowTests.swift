import CommandLineTestSupport
import LossKit
import TestSupport
import Testing

@Suite struct ShowTests {
  @Test func huber() {
    let answer = losskit("show", "huber")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text == """
        huber (loss)
        Quadratic near zero, linear beyond, derivative at most delta.

          x = prediction - target
          l = 0.5 x^2 where |x| <= delta, delta (|x| - 0.5 delta) beyond
          dl/dx = x where |x| <= delta, delta sign(x) beyond

        parameter  type    default  range  meaning
        delta      number  1        > 0    Where the quadratic part ends.

        Source: Huber 1964; torch.nn.functional.huber_loss

        With the defaults:
          u1 = prediction - target
          l = select(abs(u1) <= 1, 0.5 * u1^2, abs(u1) - 0.5)
          dl_dprediction = select(abs(u1) <= 1, u1, select(u1 > 0, 1, select(u1 < 0, -1, 0)))

        """)
  }

  @Test func withoutParametersItSaysSo() {
    #expect(losskit("show", "all").text.contains("\n\nNo parameters.\n\n"))
  }

  @Test func jsonHoldsTheParameters() throws {
    let json = try losskit("show", "max_iou", "--json").json
    #expect(json["0", "kind"] == "assigner" && json["1"] == nil)
    #expect(
      json["0", "parameters", "0"] == [
        "name": "positive_iou", "type": "number", "required": false, "default": 0.7,
        "range": "0 … 1", "meaning": "Least IoU of a positive prior.",
      ])
  }

  @Test func everyComponentCanBeShown() throws {
    for component in try losskit("list", "--json").json.elements
    where component["kind"] != "recipe" {
      let name = try #require(component["name"]?.string)
      #expect(losskit("show", name).text.hasPrefix("\(name) ("))
      let shown = try losskit("show", name, "--json").json
      // Parts of several kinds may have one name.
      #expect(shown.elements.contains { $0["summary"] == component["summary"] })
    }
  }

  @Test func unknownNameProposesTheNearest() {
    let answer = losskit("show", "smoth_l1")
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(
      answer.errors.hasPrefix(
        "losskit show: no component or recipe is called \"smoth_l1\"; 'losskit list' shows all; "
          + "did you mean \"smooth_l1\"?\n"))
  }

  @Test func aRecipeIsWhole() throws {
    for arguments in [["show", "faster_rcnn_giou"], ["show", "faster_rcnn_giou.json", "--json"]] {
      let answer = Answer(to: arguments)
      #expect(answer.status == 0 && answer.errors.isEmpty)
      let json = try answer.json
      #expect(json.members.map(\.key) == ["name", "description", "stages"])
      let recipe = try DetectionRecipe(named: "faster_rcnn_giou", registry: .builtIn())
      #expect(json["stages"] == recipe.node["stages"])
    }
  }

  @Test func settingsOfRecipesAndLosses() throws {
    let recipe = losskit("show", "faster_rcnn_tf", "--set", "stages.rpn.sampler.count=7")
    #expect(try recipe.json["stages", "rpn", "sampler", "count"] == 7)
    #expect(losskit("show", "faster_rcnn_tf", "--set", "extends=x").status == 1)
    #expect(losskit("show", "huber", "--set", "delta=2").text.contains("abs(u1) <= 2"))
    for arguments in [["max_iou"], ["huber", "--json"]] {
      let answer = Answer(to: ["show"] + arguments + ["--set", "delta=2"])
      #expect(answer.status == 2 && answer.text.isEmpty)
      #expect(answer.errors.contains("--set is for recipes, and"))
    }
  }

  @Test func aRecipeOfOnesOwnIsShownAsItIs() throws {
    let folder = try TemporaryFolder()
    try folder.write(#"{ "$schema": "x", "stages": { "a": 1, "b": 2.0 } }"#, to: "base.json")
    let recipe = try folder.write(
      #"{ "name": "mine", "extends": "base", "stages": { "b": null } }"#, to: "mine.json")
    #expect(
      losskit("show", recipe)
        == Answer(
          0,
          """
          {
            "stages": {
              "a": 1
            },
            "name": "mine"
          }

          """))
    let none = folder.path("none.json")
    #expect(
      losskit("show", none) == Answer(1, errors: "losskit: error: \(none): no such file\n"))
    #expect(
      losskit("show", "none.json") == Answer(1, errors: "losskit: error: none.json: no such file\n")
    )
  }

  /// ATSS is an assigner and a recipe.
  @Test func aComponentGoesFirst() throws {
    let answer = losskit("show", "atss")
    #expect(answer.status == 0 && answer.text.hasPrefix("atss (assigner)\n"))
    #expect(answer.errors == "there is a recipe of this name too: losskit show atss.json\n")
    #expect(try losskit("show", "atss.json").json["name"] == "atss")
    #expect(
      losskit("show", "retinanet_mmdt").errors.hasPrefix(
        "losskit show: no component or recipe is called \"retinanet_mmdt\"; 'losskit list' shows all; "
          + "did you mean \"retinanet_mmdet\"?\n"))
  }
}
