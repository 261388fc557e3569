import Foundation
import LossKit
import TestSupport
import Testing

/// Recipes that commands find by their names, wherever they are called.
@Suite struct ShippedRecipeTests {
  private let folder: TemporaryFolder
  private let command = PluginBuilding.executables.appending(path: "losskit")
    .path(percentEncoded: false)

  init() throws {
    folder = try TemporaryFolder()
  }

  private func call(_ arguments: String...) throws -> Subprocess {
    try Subprocess([command] + arguments, in: folder.path(""))
  }

  @Test func theyAreFoundFromAnywhere() throws {
    let terms = "retinanet (retinanet_cls, retinanet_box)"
    for name in ["retinanet_mmdet", "retinanet_mmdet.json"] {
      let check = try call("check", name)
      #expect(check.status == 0 && check.text == "\(name): ok, retinanet_mmdet: \(terms)\n")
    }
    let bundle = Reference.path("Examples/blood_cells.safetensors")
    let file = Reference.path("Configs/recipes/faster_rcnn_torchvision.json")
    let evaluated = try call("evaluate", "faster_rcnn_torchvision", bundle)
    #expect(evaluated.status == 0)
    #expect(try evaluated.text == call("evaluate", file, bundle).text)
    #expect(
      try call("train", "--recipe", "reference_detectr", "--out", "run").text
        == "losskit: error: reference_detectr: no such file; did you mean \"reference_detector\"?\n"
    )
  }

  /// The article has a call for each recipe that equals another implementation, and each works as it stands.
  @Test func theCallsOfTheArticleWork() throws {
    let article = try String(
      contentsOfFile: Reference.path("Sources/LossKit/LossKit.docc/ShippedRecipes.md"),
      encoding: .utf8)
    let lines = article.split(separator: "\n").map(String.init)
    let calls = lines.filter { $0.hasPrefix("losskit evaluate ") }.map {
      $0.split(separator: " ").dropFirst().map(String.init)
    }
    let equal = lines.filter { $0.hasPrefix("| `") && !$0.hasSuffix("— |") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    #expect(calls.map { $0[1] }.sorted() == equal.sorted())
    for call in calls {
      let done = try Subprocess([command] + call, in: Reference.path(""))
      #expect(done.status == 0, "\(call): \(done.text)")
      // All that a recipe's targets read of predictions is in its bundle.
      let targets = try Subprocess(
        [command, "targets"] + call.dropFirst() + ["--output", folder.path("t.safetensors")],
        in: Reference.path(""))
      #expect(targets.status == 0, "\(call[1]): \(targets.text)")
    }
  }

  @Test func filesGoFirst() throws {
    _ = try folder.recipe("atss.json")
    for name in ["atss", "atss.json"] {
      #expect(try call("check", name).text == "\(name): ok, atss: dense (cls, box)\n")
    }
    // The folder of a training is no recipe.
    try folder.write("", to: "fcos_mmdet/metrics.jsonl")
    #expect(try call("check", "fcos_mmdet").status == 0)
  }
}
