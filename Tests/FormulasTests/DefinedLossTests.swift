import LossKit
import TestSupport
import Testing

/// Losses that a recipe or a file defines by name.
@Suite struct DefinedLossTests {
  private static let papers = Reference.path("Configs/losses/papers.json")

  private static func registry() throws -> Registry {
    var registry = try Registry.builtIn()
    try registry.register(LossFile(papers))
    return registry
  }

  @Test func theLossesOfPapersAreRight() throws {
    let before = Set(try Registry.builtIn().losses.names)
    let entries = try Self.registry().losses.entries.filter {
      !before.contains($0.declaration.name)
    }
    #expect(entries.count >= 10)
    for entry in entries {
      let check = try GradientCheck(try entry.make([:]), seed: 3)
      #expect(check.isRight, "\(entry.declaration.name): \(String(describing: check.worst))")
      #expect(entry.declaration.source.contains("arXiv") || entry.declaration.source.contains("19"))
    }
  }

  @Test func parametersAreConstantsOfTheFormula() throws {
    let registry = try Self.registry()
    let wing = try registry.loss("wing", ["omega": 3, "epsilon": 0.5])
    #expect(wing.declaration.name == "wing")
    let result = try wing.evaluate(
      Tensor<Double>(shape: [2, 1], elements: [1, 9]),
      targets: .dense(Tensor(shape: [2, 1], elements: [0, 0])), reduction: .none)
    let c = 3 - 3 * Double.log1p(3 / 0.5)
    let values = try #require(result.values?.elements)
    #expect(abs(values[0] - 3 * Double.log1p(1 / 0.5)) < 1e-14)
    #expect(abs(values[1] - (9 - c)) < 1e-14)
    #expect(throws: ParameterErrors.self) { try registry.loss("wing", ["omega": 0]) }
    #expect(throws: ParameterErrors.self) { try registry.loss("wing", ["omga": 1]) }
  }

  @Test func aFileIsRegisteredOnce() throws {
    var registry = try Self.registry()
    let count = registry.losses.entries.count
    try registry.register(LossFile(Self.papers))
    #expect(registry.losses.entries.count == count)
  }

  private func recipe(_ losses: String, use: String) throws -> DetectionRecipe {
    try DetectionRecipe(
      parsing: """
        { "extends": "faster_rcnn_torchvision",
          "losses": \(losses),
          "stages": { "rpn": { "terms": { "rpn_box": { "loss": \(use) } } } } }
        """, registry: try Registry.builtIn())
  }

  @Test func aRecipeDefinesAndUses() throws {
    let recipe = try recipe(
      #"{ "root": { "parameters": { "eps": 0.1 }, "value": "abs(prediction - target) / eps" } }"#,
      use: #"{ "type": "root", "eps": 0.5 }"#)
    let term = try #require(recipe.objective.stages[0].terms.first { $0.name == "rpn_box" })
    #expect(term.loss.declaration.name == "root")
    #expect((term.loss as? any DenseLoss)?.readsDifference == true)
  }

  /// Each error with its place in the text.
  @Test(arguments: [
    (
      #"{ "root": { "value": "abs(predction)" } }"#, "\"root\"",
      ["2:37: losses.root.value: there is no \"predction\" here; did you mean \"prediction\"?"]
    ),
    (
      #"{ "root": { "parameters": { "k": { "default": -1, "above": 0 } }, "value": "k" } }"#,
      "\"root\"", ["2:58: losses.root.parameters.k.default: is -1; expected > 0"]
    ),
    (
      #"{ "l1": { "value": "prediction" } }"#, "\"l1\"",
      [
        "2:15: losses.l1: the loss \"l1\" of <text>:2:21 is already registered by SmoothL1.L1Loss; rename one of them"
      ]
    ),
    (
      #"{ "root": { "value": "prediction + x1" } }"#, "\"root\"",
      [
        "2:33: losses.root.value: reads prediction or target, of an element, and coordinates of boxes; expected one of both"
      ]
    ),
    (
      #"{ "root": { "value": "1 - iou" } }"#, "\"root\"",
      ["3:30: stages.rpn.terms.rpn_box.target: \"root\" compares boxes; expected decoded_box"]
    ),
  ])
  func errors(losses: String, use: String, expected: [String]) throws {
    let errors = try #require(throws: Diagnostics.self) { try recipe(losses, use: use) }
    let found = errors.all.map { $0.lines[0].replacing("<text>:", with: "", maxReplacements: 1) }
    #expect(found.count == expected.count)
    for (one, other) in zip(found, expected) {
      // The place of what a recipe extends isn't told here.
      #expect(one.hasSuffix(other.split(separator: ": ", maxSplits: 1)[1]), "\(one)")
    }
  }

  @Test func theTextIsShownWithACaret() throws {
    let errors = try #require(throws: Diagnostics.self) {
      try recipe(#"{ "root": { "value": "prediction - targt" } }"#, use: "\"root\"")
    }
    #expect(
      errors.all[0].lines == [
        "<text>:2:48: losses.root.value: there is no \"targt\" here; did you mean \"target\"?",
        "    prediction - targt", "                 ^~~~~",
      ])
  }

  @Test func normalizersTakeFormulasOfNumbers() throws {
    let recipe = try DetectionRecipe(
      parsing: """
        { "extends": "faster_rcnn_torchvision",
          "stages": { "rpn": { "terms": { "rpn_box": { "normalizer": "2 * 128" } } } } }
        """, registry: try Registry.builtIn())
    let term = try #require(recipe.objective.stages[0].terms.first { $0.name == "rpn_box" })
    guard case .constant(256) = term.normalizer.count else {
      Issue.record("\(term.normalizer)")
      return
    }
  }
}
