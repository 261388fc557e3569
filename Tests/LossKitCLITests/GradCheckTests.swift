import CommandLineTestSupport
import LossKit
import TestSupport
import Testing

@Suite struct GradCheckTests {
  private let recipe = Reference.path("Configs/recipes/faster_rcnn_giou.json")
  private let bundle = Reference.path("Examples/blood_cells.safetensors")

  @Test func aLineForEveryLoss() throws {
    let answer = losskit("gradcheck")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let lines = answer.text.split(separator: "\n")
    let names = try Registry.builtIn().losses.entries.map(\.declaration).filter(\.needsNoParameters)
      .map(\.name)
    #expect(lines.count == names.count + 1)
    for (line, name) in zip(lines.dropFirst(), names) {
      let word = name == "seesaw" ? " left out " : " ok "
      #expect(line.hasPrefix("\(name) ") && line.contains(word))
    }
  }

  @Test func namedLossesAlone() throws {
    let nodes = try losskit("gradcheck", "giou", "huber", "--json", "--seed", "3").json.elements
    #expect(nodes.map { $0["loss"]?.string } == ["giou", "huber"])
    #expect(
      nodes.allSatisfy { ($0["worst", "error"]?.double ?? 1) <= ($0["tolerance"]?.double ?? 0) })
  }

  @Test func aFormula() {
    let answer = losskit(
      "gradcheck", "formula", "--set", "value=\"log1p((prediction - target)^2)\"")
    #expect(answer.status == 0 && answer.text.contains("formula  ok"))
  }

  @Test func aRecipeOnABundle() {
    let answer = losskit("gradcheck", recipe, "--bundle", bundle)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    for name in ["rpn_objectness", "rpn_bbox_pred", "cls_score", "bbox_pred"] {
      #expect(answer.text.contains("\n\(name) "))
    }
    #expect(!answer.text.contains("wrong") && !answer.text.contains("left out"))
  }

  @Test func termsThatAreLeftOutAreTold() {
    let answer = losskit(
      "gradcheck", recipe, "--bundle", bundle, "--set", "stages.rcnn.terms.rcnn_box.loss=ciou")
    #expect(answer.status == 0)
    #expect(answer.text.contains("left out: rcnn.rcnn_box"))
  }

  @Test func wrongCallsSayWhatToDo() {
    for (arguments, message) in [
      (["gradcheck", "hubr"], "did you mean \"huber\"?"),
      (["gradcheck", recipe], "a recipe needs --bundle"),
      (["gradcheck", "atss"], "no loss is called \"atss\"; a recipe needs --bundle"),
      (["gradcheck", "--bundle", bundle], "expected one recipe beside it, found 0"),
      (["gradcheck", "l1", "--set", "x=1"], "\"x\" is unknown"),
      (["gradcheck", "--set", "x=1"], "expected one loss beside it"),
      (["gradcheck", "formula"], "\"value\" is missing"),
    ] {
      let answer = Answer(to: arguments)
      #expect(answer.status == 2 && answer.text.isEmpty)
      #expect(answer.errors.contains(message), "\(answer.errors)")
    }
    let missing = losskit("gradcheck", recipe, "--bundle", "nowhere.safetensors")
    #expect(missing.status == 1 && missing.errors.contains("nowhere.safetensors"))
  }
}
