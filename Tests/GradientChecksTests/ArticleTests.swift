import Foundation
import LossKit
import TestSupport
import Testing

/// The article on adding a loss: its code is compiled here, and what it prints is what comes out.
@Suite struct ArticleTests {
  private let folder = "Tests/GradientChecksTests"
  private let article = "Sources/LossKit/LossKit.docc/AddingALoss.md"

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: Reference.path(path), encoding: .utf8)
  }

  @Test(arguments: ["CharbonnierLoss", "CornerLoss"])
  func itsLossesAreTheOnesTriedHere(name: String) throws {
    let code = try text("\(folder)/\(name).swift")
    #expect(try text(article).contains("```swift\n\(code)```"))
  }

  @Test func whatItPrints() throws {
    let check = try GradientCheck(CharbonnierLoss(["epsilon": 0.1]))
    let line = "\(check.isRight) \(check.derivatives) \(check.kinks)"
    #expect(try text(article).contains("```\n\(line)\n```"), "\(line)")
    let error = #expect(throws: ParameterErrors.self) {
      try CharbonnierLoss(["epsilon": 0, "epsilom": 1])
    }
    let lines = "\(try #require(error))"
    #expect(try text(article).contains("```\n\(lines)\n```"), "\(lines)")
  }

  @Test func theyFindTheirPlaceInARecipe() throws {
    var registry = try Registry.builtIn()
    try registry.register(CharbonnierLoss.self)
    try registry.register(CornerLoss.self)
    let settings = [
      "stages.rpn.terms.rpn_box.loss=charbonnier", "stages.rcnn.terms.rcnn_box.loss=corner",
    ]
    let objective = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/faster_rcnn_giou.json"),
      settings: try settings.map { try JSONSetting(parsing: $0) }, registry: registry
    ).objective
    let bundle = try SafetensorsFile(contentsOf: Reference.path("Examples/blood_cells.safetensors"))
    let predictions = try bundle.predictions(objective.predictionNames)
      .mapValues { $0.map { Double($0) } }
    let targets = try objective.targets(for: DetectionBatch(bundle), predictions: predictions)
    #expect(try objective.evaluate(predictions, against: targets).terms.allSatisfy { $0.value > 0 })
    #expect(
      try ObjectiveGradientCheck(objective, predictions: predictions, against: targets).isRight)
  }

  @Test(arguments: 0..<5)
  func theirGradientsAreRight(seed: Int) throws {
    for loss in [try CharbonnierLoss(), try CornerLoss()] as [any Loss] {
      let check = try GradientCheck(loss, parameters: [1e-3], seed: UInt64(seed))
      #expect(check.isRight, "\(String(describing: check.worst))")
    }
  }
}
