import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// Sweeps of recipes with a loss from a shared library: the quantile loss of the examples.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct SweepPluginTests {
  private let folder: TemporaryFolder
  private let library: String

  init() throws {
    folder = try TemporaryFolder()
    library = try PluginBuilding.quantile(in: folder)
  }

  /// In a process of its own, which calls the command again for each trial.
  private func losskit(_ arguments: String...) throws -> Subprocess {
    let command = PluginBuilding.executables.appending(path: "losskit")
    return try Subprocess([command.path(percentEncoded: false)] + arguments)
  }

  /// A recipe of the reference detector with the quantile loss.
  private func detector(naming plugins: String) throws -> String {
    let base = Reference.path("Configs/recipes/reference_detector.json")
    return try folder.write(
      """
      { "extends": "\(base)",
        \(plugins)
        "stages": { "rcnn": { "terms": { "rcnn_box": { "loss": "acme/quantile" } } } } }
      """, to: "quantile.json")
  }

  /// A sweep of a few steps of a small detector, with and without the quantile loss.
  private func training() throws -> String {
    try folder.write(
      """
      {
        "method": "grid", "seeds": [1], "data": "scenes:size=64x48,count=4",
        "validation": "scenes:size=64x48,count=2,split=held_out",
        "parameters": {
          "recipe": {
            "values": ["\(Reference.path("Configs/recipes/reference_detector"))", "quantile"]
          },
          "model.channels": { "value": [16, 16, 32] }, "model.strides": { "value": [2, 2, 2] },
          "model.map_channels": { "value": 32 }, "model.roi_channels": { "value": [32] },
          "training.batch": { "value": 2 }, "training.steps": { "value": 2 }
        },
        "metric": { "name": "RPN_recall", "goal": "maximize" }
      }
      """, to: "sweep.json")
  }

  @Test(arguments: ["run", "status", "report"])
  func aRecipeThatNamesALibraryNeedsPermission(command: String) throws {
    let recipe = try detector(naming: #""plugins": ["libquantile.so"],"#)
    let refused = Answer(
      to: ["sweep", command, try training(), "--out", folder.path("out")])
    #expect(refused.status == 1 && refused.text.isEmpty)
    #expect(
      refused.errors.hasPrefix(
        "losskit: error: \(recipe):2:15: plugins.0: is native code, which a recipe can't load by itself; if you "
          + "trust it, add --allow-plugins, or --plugin \"\(library)\"\n"),
      "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("out")))
  }

  @Test func theReferenceDetectorTrainsWithIt() throws {
    _ = try detector(naming: #""plugins": ["libquantile.so"],"#)
    let (file, out) = (try training(), folder.path("out"))
    let run = try losskit("sweep", "run", file, "--out", out, "--allow-plugins")
    #expect(run.status == 0 && run.text.hasSuffix("\n\(out)/report.html\n"), "\(run.text)")
    let status = try losskit("sweep", "status", file, "--out", out, "--plugin", library)
    #expect(status.text.hasSuffix("\n2 trials: 2 finished\n"), "\(status.text)")

    // A trial's recipe finds the library from its own folder; what the results depend on is told
    // as the sweep names it, so that the folders may be moved.
    let recipe = try folder.json("out/trials/0001/recipe.json")
    #expect(recipe["plugins"] == [JSONNode(library)])
    let sweep = try folder.json("out/sweep.json")
    let variants = sweep["variants"]?.members.map(\.node) ?? []
    let quantile = variants.first { $0["name"]?.string == "quantile" }
    #expect(quantile?["recipe", "plugins"] == ["libquantile.so"])

    let arguments = [
      "detect", "--checkpoint", "\(out)/trials/0001", "--data", "scenes:size=64x48,count=1",
      "--output", folder.path("sheet.png"),
    ]
    #expect(Answer(to: arguments).errors.contains("plugins.0: is native code"))
    #expect(Answer(to: arguments + ["--allow-plugins"]).status == 0)
    #expect(Answer(to: arguments + ["--plugin", library]).status == 0)
  }

  @Test func aTrainingAloneKeepsWhereTheLibraryIs() throws {
    let recipe = try detector(naming: #""plugins": "./libquantile.so","#)
    let out = folder.path("run")
    let settings = [
      "model.channels=[16, 16, 32]", "model.strides=[2, 2, 2]", "model.roi_channels=[32]",
    ]
    let arguments =
      [
        "train", "--recipe", recipe, "--data", "scenes:size=64x48,count=1", "--validation",
        "scenes:size=64x48,count=1,split=held_out", "--steps", "1",
        "--out", out, "--allow-plugins",
      ] + settings.flatMap { ["--set", $0] }
    let first = Answer(to: arguments)
    #expect(first.status == 0, "\(first.errors)")
    #expect(try folder.json("run/recipe.json")["plugins"] == [JSONNode(library)])
    let again = Answer(to: arguments)
    #expect(again.status == 0 && again.errors.contains("is complete"), "\(again.errors)")
  }

  /// The library is named by the call alone, and `losskit` called by a script.
  @Test func aTrainerOfOnesOwnGetsIt() throws {
    try folder.write(
      SmallDetector.recipe.replacing(
        #"{ "type": "smooth_l1", "beta": 1 }"#, with: #"{ "type": "acme/quantile" }"#),
      to: "small.json")
    let script = try folder.write(
      """
      "$1" evaluate "$2" \(try folder.bundle()) --json > "$3/value.json" || exit 1
      sed -n 's/^  "total": \\([0-9.e-]*\\).*/{"total": \\1}/p' "$3/value.json" > "$3/metrics.jsonl"
      """, to: "trainer.sh")
    let file = try folder.write(
      """
      {
        "recipe": "small", "method": "grid", "seeds": [1],
        "parameters": { "stages.dense.terms.box.loss.quantile": { "values": [0.25, 0.75] } },
        "metric": { "name": "total", "goal": "minimize" },
        "command": ["/bin/sh", "\(script)", "{losskit}", "{recipe}", "{out}"]
      }
      """, to: "sweep.json")
    let out = folder.path("out")
    let refused = try losskit("sweep", "run", file, "--out", out)
    #expect(refused.status == 1 && refused.text.contains("\"acme/quantile\""), "\(refused.text)")
    let run = try losskit("sweep", "run", file, "--out", out, "--plugin", library)
    #expect(run.status == 0, "\(run.text)")
    let trial = try losskit(
      "sweep", "trial", file, "--index", "1", "--out", folder.path("other"), "--plugin", library)
    #expect(trial.status == 0 && trial.text.hasPrefix("total "), "\(trial.text)")
    let values = try (0..<2).map { try folder.json("out/trials/000\($0)/result.json")["value"] }
    #expect(values[0] != nil && values[0] != values[1])
  }
}

extension TemporaryFolder {
  /// The JSON in a file.
  fileprivate func json(_ name: String) throws -> JSONNode {
    try JSONNode(parsing: Array(try Data(contentsOf: URL(filePath: path(name)))), file: name)
  }
}
