import CommandLineTestSupport
import LossKit
import TestSupport
import Testing

@testable import LossKitCLI

/// Losses written as programs.
@Suite struct ExportTests {
  private static let papers = Reference.path("Configs/losses/papers.json")

  private static func registry() throws -> Registry {
    var registry = try Registry.builtIn()
    try registry.register(LossFile(papers))
    return registry
  }

  private static func text(
    of name: String, _ values: [String: ParameterValue] = [:], in language: LossExport.Language
  ) throws -> String {
    let entry = try #require(try registry().losses[name])
    let loss = try #require(TracedLoss(try entry.make(values)))
    return LossExport(declaration: entry.declaration, loss: loss, settings: "").text(in: language)
  }

  @Test func swiftIsWrittenOverFormulaValue() throws {
    let text = try Self.text(of: "smooth_l1", ["beta": 0.5], in: .swift)
    #expect(text.contains("struct SmoothL1Loss: FormulaLoss {"))
    #expect(
      text.contains(
        """
            let u1: Value = prediction - target
            let value: Value = Value.select(Value.abs(u1) < 0.5, 0.5 * u1 * (u1 / 0.5), else: Value.abs(u1) - 0.25)
            return value
        """), "\(text)")
  }

  @Test func whatIsHeldConstantIsToldInSwift() throws {
    #expect(try Self.text(of: "ciou", in: .swift).contains("Value.constant("))
    #expect(try Self.text(of: "bce", in: .swift).contains("return (value, dl_dprediction)"))
  }

  /// On probabilities the derivative of focal loss is written by hand.
  @Test func parametersMayChangeWhatIsEvaluated() throws {
    let text = try Self.text(of: "sigmoid_focal", ["activation": "none"], in: .swift)
    #expect(text.contains("return (value, dl_dprediction)"))
    #expect(!text.contains("sigmoid(prediction)"))
  }

  @Test func whatIsNoFormulaIsRefused() throws {
    let registry = try Registry.builtIn()
    for name in ["softmax_cross_entropy", "dice", "ghm_c"] {
      #expect(TracedLoss(try registry.loss(name, [:])) == nil)
    }
  }

  #if os(Linux)
    @Test(.enabled(if: Subprocess.finds("swiftc"), "there is no Swift compiler"))
    func swiftCompiles() throws {
      let folder = try TemporaryFolder()
      let files = try [
        "smooth_l1", "huber", "bce", "bce_with_logits", "quality_focal", "varifocal",
        "gaussian_focal", "balanced_l1",
        "giou", "ciou", "siou", "wing", "asymmetric", "adaptive_wing", "wise_iou", "focal_eiou",
      ].map { try folder.write(try Self.text(of: $0, in: .swift), to: "\($0).swift") }
      try PluginBuilding.typeCheck(files)
    }
  #endif

  /// Compiled, loaded and evaluated, to the precision of floats.
  @Test(
    .enabled(if: PluginBuilding.compiler != nil, "there is no C compiler"),
    arguments: [
      "wing", "asymmetric", "poly1", "geman_mcclure", "adaptive_wing", "sigmoid_focal", "huber",
      "gaussian_focal", "quality_focal", "balanced_l1", "bce_with_logits",
    ])
  func pluginsInCHaveTheSameNumbers(name: String) throws {
    let folder = try TemporaryFolder()
    let library = try PluginBuilding.library(try Self.text(of: name, in: .c), in: folder)
    var registry = try Self.registry()
    try registry.register(PluginLibrary(contentsOf: library))
    let exported = try registry.loss("\(name)/\(name)", [:])
    let own = try registry.loss(name, [:])
    try compare(
      exported, own,
      try Tensor(
        shape: [6, 2], elements: [0.1, 0.9, 0.5, 0.3, 0.7, 0.2, 0.6, 0.4, 0.05, 0.95, 0.8, 0.35]),
      try Tensor(shape: [6, 2], elements: [0, 1, 0.4, 0, 1, 0.3, 0.9, 0, 0, 1, 0.25, 0.75]))
  }

  /// A weight a column is no number that could be written.
  @Test func whatDiffersFromColumnToColumnIsRefused() throws {
    let loss = try Registry.builtIn().loss("bce_with_logits", ["pos_weight": [1, 2]])
    #expect(TracedLoss(loss) == nil)
  }

  private func compare(
    _ exported: any Loss, _ own: any Loss, _ predictions: Tensor<Float>, _ targets: Tensor<Float>
  ) throws {
    let found = try exported.evaluate(predictions, targets: .dense(targets), reduction: .none)
    let expected = try own.evaluate(predictions, targets: .dense(targets), reduction: .none)
    for (one, other) in [
      (found.values, expected.values), (found.gradient, expected.gradient),
    ] {
      for (one, other) in zip(try #require(one).elements, try #require(other).elements) {
        #expect(abs(one - other) <= 2e-6 * max(1, abs(other)))
      }
    }
  }

  /// In an objective too, with the gradient carried back to the deltas.
  @Test(
    .enabled(if: PluginBuilding.compiler != nil, "there is no C compiler"),
    arguments: ["giou", "siou", "wise_iou"])
  func boxPluginsInCStandWhereBoxesAreCompared(name: String) throws {
    let folder = try TemporaryFolder()
    let library = try PluginBuilding.library(try Self.text(of: name, in: .c), in: folder)
    var registry = try Self.registry()
    try registry.register(PluginLibrary(contentsOf: library))
    let exported = try registry.loss("\(name)/\(name)", [:])
    #expect(exported.columns(classes: 80) == 4 && exported.predictionKind == .boxes)
    let targets = try Tensor<Float>(
      shape: [3, 4], elements: [10, 20, 50, 80, 0, 0, 4, 9, 5, 5, 25, 15])
    try compare(
      exported, try registry.loss(name, [:]),
      try Tensor(shape: [3, 4], elements: [12, 18, 55, 70, 1, 2, 3, 8, 40, 30, 60, 35]), targets)
    #expect(throws: InputError.self) { try exported.check(width: 5) }
    #expect(throws: InputError.self) {
      try exported.evaluate(
        targets,
        targets: .dense(
          Tensor(shape: [3, 4], elements: [10, 20, 50, 80, 4, 0, 0, 9, 5, 5, 25, 15])))
    }

    let bundle = try SafetensorsFile(contentsOf: Reference.path("Examples/blood_cells.safetensors"))
    func step(_ loss: String) throws -> ObjectiveResult<Float> {
      let objective = try DetectionRecipe(
        named: "faster_rcnn_giou",
        settings: [try JSONSetting(parsing: "stages.rcnn.terms.rcnn_box.loss=\(loss)")],
        registry: registry
      ).objective
      let predictions = try bundle.predictions(objective.predictionNames)
      return try objective.evaluate(
        predictions,
        against: try objective.targets(for: DetectionBatch(bundle), predictions: predictions))
    }
    let (found, expected) = (try step("\(name)/\(name)"), try step(name))
    #expect(abs(found.total - expected.total) < 1e-5 * expected.total)
    let gradients = (
      try #require(found.gradients["bbox_pred"]), try #require(expected.gradients["bbox_pred"])
    )
    let largest = gradients.1.elements.map(abs).max() ?? 0
    #expect(largest > 0)
    #expect(
      zip(gradients.0.elements, gradients.1.elements).allSatisfy {
        abs($0 - $1) <= 1e-5 * largest
      })
  }
}
