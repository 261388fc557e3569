import LossKit
import TestSupport
import Testing

@Suite("Gradients of objectives")
struct ObjectiveTests {
  private func check(
    _ recipe: String, _ settings: [String] = [], registry: Registry
  ) throws -> ObjectiveGradientCheck {
    let objective = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(recipe).json"),
      settings: try settings.map { try JSONSetting(parsing: $0) }, registry: registry
    ).objective
    let bundle = try SafetensorsFile(contentsOf: Reference.path("Examples/blood_cells.safetensors"))
    let predictions = try bundle.predictions(objective.predictionNames)
      .mapValues { $0.map { Double($0) } }
    return try ObjectiveGradientCheck(
      objective, predictions: predictions,
      against: try objective.targets(for: DetectionBatch(bundle), predictions: predictions))
  }

  @Test(arguments: ["faster_rcnn_giou", "faster_rcnn_tf", "faster_rcnn_torchvision"])
  func `recipes are right on the example bundle`(recipe: String) throws {
    let check = try check(recipe, registry: .builtIn())
    #expect(check.isRight, "\(check.predictions)")
    #expect(check.predictions.count == 4)
    #expect(check.predictions.allSatisfy { $0.gradientNorm > 0 })
    #expect(check.leftOut.isEmpty)
  }

  @Test(arguments: ["iou", "max_score"])
  func `row weights that read predictions stay as they are`(weight: String) throws {
    let check = try check(
      "faster_rcnn_giou",
      [
        "stages.rpn.terms.rpn_box.target=decoded_box", "stages.rpn.terms.rpn_box.loss=giou",
        "stages.rpn.terms.rpn_box.row_weight=\(weight)",
        "stages.rpn.terms.rpn_box.normalizer={\"by\": \"\(weight)\"}",
      ], registry: .builtIn())
    #expect(check.isRight, "\(check.predictions)")
    #expect(check.predictions.allSatisfy { $0.gradientNorm > 0 })
  }

  @Test func `a wrong derivative shows in its prediction alone`() throws {
    var registry = try Registry.builtIn()
    try registry.register(WrongLoss.self)
    let check = try check(
      "faster_rcnn_giou", ["stages.rpn.terms.rpn_box.loss=wrong"], registry: registry)
    #expect(!check.isRight)
    #expect(
      check.predictions.filter { $0.error > ObjectiveGradientCheck.tolerance }.map(\.name)
        == ["rpn_bbox_pred"])
  }

  @Test func `terms that hold a part constant are left out and named`() throws {
    let check = try check(
      "faster_rcnn_giou", ["stages.rcnn.terms.rcnn_box.loss=ciou"], registry: .builtIn())
    #expect(check.leftOut == ["rcnn.rcnn_box"])
    #expect(check.predictions.map(\.name) == ["rpn_objectness", "rpn_bbox_pred", "cls_score"])
    #expect(check.isRight)
  }
}

/// A derivative that is 1 % off.
private struct WrongLoss: ElementwiseLoss {
  static let declaration = Declaration(
    name: "wrong", summary: "A derivative that is wrong.", formula: "", source: "tests")

  init(parameters: Parameters) {}

  func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let x = prediction - target
    return (x * x, 2.02 * x)
  }
}
