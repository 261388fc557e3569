import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// Commands with losses from a shared library: the quantile loss of the examples.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct PluginTests {
  private let folder: TemporaryFolder
  private let library: String

  init() throws {
    folder = try TemporaryFolder()
    library = try PluginBuilding.quantile(in: folder)
  }

  @Test func listHasIt() throws {
    let answer = losskit("list", "loss", "--plugin", library)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    #expect(
      answer.text.contains("\nloss  acme/quantile ")
        && answer.text.contains(" Absolute difference with a weight"))
  }

  @Test func showHasItsParameters() {
    let answer = losskit("show", "acme/quantile", "--plugin", library)
    #expect(answer.status == 0)
    #expect(
      answer.text == """
        acme/quantile (loss)
        Absolute difference with a weight for each side.

          x = target - prediction
          l = quantile x where x > 0, (quantile - 1) x beyond
          dl/dprediction = -quantile where x > 0, 1 - quantile beyond

        parameter  type    default  range  meaning
        quantile   number  0.5      0 … 1  Share of the targets that is to lie below the
                                           prediction.

        Source: Koenker and Bassett 1978, Econometrica 46

        """)
  }

  @Test func tryScoresIt() throws {
    let json = try losskit(
      "try", "acme/quantile", "--plugin", library, "--set", "quantile=0.25", "--predictions",
      "1 2", "--targets", "0 4", "--reduction", "none", "--json"
    ).json
    #expect(json["loss"] == "acme/quantile")
    #expect(
      json["rows", "0", "loss"] == [0.75, 0.5] && json["rows", "0", "gradient"] == [0.75, -0.25])
  }

  @Test func tryChecksItsParameters() {
    let answer = losskit(
      "try", "acme/quantile", "--plugin", library, "--set", "quantile=2", "--random", "9")
    #expect(answer.status == 2)
    #expect(
      answer.errors.hasPrefix("losskit try: --set: \"quantile\" is 2; expected 0 … 1\n"))
  }

  /// Half of the absolute difference is the quantile loss of the median.
  @Test func evaluateAndCompareUseIt() throws {
    let bundle = try folder.bundle()
    let quantile = try folder.write(
      SmallDetector.recipe.replacing(
        #"{ "type": "smooth_l1", "beta": 1 }"#, with: #""acme/quantile""#),
      to: "quantile.json")
    let l1 = try folder.write(
      SmallDetector.recipe.replacing(
        #"{ "type": "smooth_l1", "beta": 1 }"#, with: #""l1""#),
      to: "l1.json")
    let ours = try losskit("evaluate", l1, bundle, "--json").json
    let theirs = try losskit("evaluate", quantile, bundle, "--json", "--plugin", library).json
    let value = try #require(theirs["terms", "1", "value"]?.double)
    #expect(value > 0 && ours["terms", "1", "value"]?.double == 2 * value)

    let comparison = try losskit(
      "compare", quantile, l1, "--bundle", bundle, "--plugin", library, "--json"
    ).json
    #expect(comparison["recipes", "0", "terms", "1", "weighted_value"]?.double == 2 * value)
  }

  @Test func theExampleBundleIsEvaluatedWithIt() throws {
    func boxTerm(_ loss: String) throws -> Double? {
      try losskit(
        "evaluate", Reference.path("Configs/recipes/faster_rcnn_torchvision.json"),
        Reference.path("Examples/blood_cells.safetensors"), "--plugin", library, "--set",
        "stages.rpn.terms.rpn_box.loss=\(loss)", "--json"
      ).json["terms", "1", "value"]?.double
    }
    let value = try #require(try boxTerm("acme/quantile"))
    let l1 = try #require(try boxTerm("l1"))
    #expect(abs(2 * value - l1) < 1e-6 * l1)
  }

  @Test func theSchemaHasIt() throws {
    let text = losskit("schema", "--plugin", library).text
    #expect(text.contains("\"acme/quantile\""))
    #expect(!losskit("schema").text.contains("acme"))
  }

  @Test func aRecipeThatNamesItNeedsPermission() throws {
    let recipe = try folder.write(
      SmallDetector.recipe.replacing(
        #"{ "type": "smooth_l1", "beta": 1 }"#, with: #""acme/quantile""#
      ).replacing("\"stages\"", with: "\"plugins\": [\"libquantile.so\"],\n\"stages\""),
      to: "recipe.json")
    let refused = losskit("check", recipe)
    #expect(refused.status == 1 && refused.text.isEmpty)
    #expect(
      refused.errors.hasPrefix(
        "\(recipe):2:15: plugins.0: is native code, which a recipe can't load by itself; if you "
          + "trust it, add --allow-plugins, or --plugin "))
    #expect(losskit("check", recipe, "--allow-plugins").status == 0)
    #expect(losskit("check", recipe, "--plugin", library).status == 0)

    let bundle = try folder.bundle()
    #expect(losskit("evaluate", recipe, bundle).status == 1)
    #expect(losskit("evaluate", recipe, bundle, "--allow-plugins").status == 0)
    #expect(losskit("compare", recipe, "--bundle", bundle).status == 1)
    #expect(losskit("compare", recipe, "--bundle", bundle, "--allow-plugins").status == 0)
  }

  @Test(arguments: [
    ["list"], ["show", "l1"], ["check", "none.json"], ["schema"],
    ["evaluate", "none.json", "none.safetensors"],
    ["compare", "none.json", "--bundle", "none.safetensors"], ["try", "l1", "--random", "9"],
  ])
  func everyCommandTellsWhatCanNotBeLoaded(command: [String]) {
    let missing = folder.path("libnone.so")
    let answer = Answer(to: command + ["--plugin", library, "--plugin", missing])
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(
      answer.errors
        == "losskit: error: plugin \(missing): No such file or directory; name a shared library\n")
  }

  /// In a process of its own: the environment of the tests is that of all of them.
  @Test func theEnvironmentNamesLibraries() throws {
    let command = PluginBuilding.executables.appending(path: "losskit").path
    let list = try Subprocess(
      [command, "list", "loss"], environment: ["LOSSKIT_PLUGINS": ":\(library):"])
    #expect(list.status == 0 && list.text.contains("acme/quantile"))
    let wrong = try Subprocess(
      [command, "list"], environment: ["LOSSKIT_PLUGINS": "\(library):/none.so"])
    #expect(wrong.status == 1)
    #expect(
      wrong.text == "losskit: error: plugin /none.so (of LOSSKIT_PLUGINS): No such file or "
        + "directory; name a shared library\n")
  }

  @Test func aFailureInAnObjectiveNamesThePlugin() throws {
    let source = try String(
      contentsOfFile: Reference.path("Examples/plugins/quantile/quantile.c"), encoding: .utf8)
    let broken = try PluginBuilding.library(
      source.replacing("derivative * x", with: "0.0f / 0.0f"),
      "broken", in: folder)
    let answer = losskit(
      "evaluate", try folder.recipe(), try folder.bundle(), "--plugin", broken, "--set",
      "stages.dense.terms.box.loss=acme/quantile")
    #expect(answer.status == 1)
    #expect(answer.errors.contains("acme/quantile of \(broken) row 0: gives the value "))
  }

  /// In a process of its own, which the plugin ends: while it is loaded, asked for its table, prepared
  /// for a place in a recipe, and called.
  @Test(arguments: [
    (
      "#include \"losskit_plugin.h\"",
      "__attribute__((constructor)) static void load(void) { exit(0); }"
    ),
    ("const losskit_table *losskit_plugin(void) {", "exit(0);"),
    ("(void)error_size;", "exit(0);"),
  ])
  func aPluginThatEndsTheProcessIsAnError(place: String, code: String) throws {
    let source = try String(
      contentsOfFile: Reference.path("Examples/plugins/quantile/quantile.c"), encoding: .utf8)
    #expect(source.contains(place))
    let ending = try PluginBuilding.library(
      "#include <stdlib.h>\n" + source.replacing(place, with: "\(place)\n\(code)\n"), "ending",
      in: folder)
    let answer = try Subprocess([
      PluginBuilding.executables.appending(path: "losskit").path, "try", "acme/quantile",
      "--plugin", ending, "--predictions", "1", "--targets", "0",
    ])
    #expect(answer.status == 1)
    #expect(
      answer.text == "losskit: error: plugin \(ending): ended the process before the command was "
        + "done; it must not call exit\n")
  }

  @Test func aPluginThatEndsNothingEndsWell() throws {
    let answer = try Subprocess([
      PluginBuilding.executables.appending(path: "losskit").path, "try", "acme/quantile",
      "--plugin", library, "--predictions", "1", "--targets", "0",
    ])
    #expect(answer.status == 0 && !answer.text.contains("error"))
  }
}
