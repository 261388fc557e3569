import Foundation
import TestSupport
import Testing

/// Files that are no recipe: what is said of them, and that nothing is evaluated.
@Suite struct BadRecipeTests {
  /// A file's bytes, and the message behind its path.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let message: String

    init(_ name: String, _ text: String, _ message: String) {
      self.init(name, Array(text.utf8), message)
    }

    init(_ name: String, _ bytes: [UInt8], _ message: String) {
      (testDescription, self.bytes, self.message) = (name, bytes, message)
    }
  }

  static let cases = [
    Case("empty", "", ":1:1: the file is empty; expected a JSON value"),
    Case(
      "byte order mark", "\u{FEFF}{}",
      ":1:1: the file starts with a byte order mark; save it as UTF-8 without one"),
    Case("invalid UTF-8", Array("{\"a\": \"".utf8) + [0xFF] + Array("\"}".utf8), ":1:8: "),
    Case(
      "duplicate key", "{\n \"name\": \"a\",\n \"name\": \"b\"\n}", ":3:2: duplicate key \"name\""),
    Case(
      "100,000 brackets", String(repeating: "[", count: 100_000), "nested deeper than 128 levels"),
    Case("not an object", "[1]", ":1:1: expected an object, found an array"),
    Case("no stages", "{}", ":1:1: key \"stages\" is missing"),
    Case(
      "extends itself", "{\"extends\": \"bad\"}",
      ":1:13: extends: the recipe extends itself: bad.json extends bad.json"),
    Case("extends nothing", "{\"extends\": \"none\"}", ":1:13: extends: "),
    Case(
      "unknown loss", SmallDetector.recipe.replacing("\"smooth_l1\"", with: "\"smoth_l1\""),
      ":15:29: stages.dense.terms.box.loss.type: no loss is called \"smoth_l1\"; there is balanced_l1, "
    ),
    Case(
      "a loss that can't score the target",
      SmallDetector.recipe.replacing("{ \"type\": \"smooth_l1\", \"beta\": 1 }", with: "\"nll\""),
      "\"nll\" takes classes; a box target needs a loss on numbers"),
    Case(
      "layout",
      SmallDetector.recipe.replacing(
        "\"n c h w\", \"target\": \"box\"", with: "\"n c q\", \"target\": \"box\""),
      "layout \"n c q\": has the letter \"q\""),
  ]

  @Test(arguments: cases)
  func isTold(bad: Case) throws {
    let folder = try TemporaryFolder()
    let recipe = try folder.write(bad.bytes, to: "bad.json")
    let output = folder.path("out.safetensors")
    let evaluated = losskit(
      "evaluate", recipe, try folder.bundle(), "--gradients", output)
    #expect(evaluated.status == 1 && evaluated.text.isEmpty)
    #expect(evaluated.errors.hasPrefix("losskit: error: \(recipe):"))
    #expect(evaluated.errors.contains(bad.message), "\(evaluated.errors)")
    #expect(!FileManager.default.fileExists(atPath: output))

    let checked = losskit("check", recipe)
    #expect(checked.status == 1 && checked.text.isEmpty)
    #expect(checked.errors.contains(bad.message))
  }

  @Test func aSettingThatLeadsNowhere() throws {
    let folder = try TemporaryFolder()
    let answer = losskit(
      "evaluate", try folder.recipe(), try folder.bundle(),
      "--set", "stages.dnse.sampler=all")
    #expect(answer.status == 1)
    #expect(
      answer.errors.hasPrefix("losskit: error: --set: stages.dnse: unknown key \"dnse\" in the"))
    #expect(answer.errors.hasSuffix("did you mean \"dense\"?\n"))
  }

  @Test func aFileThatIsMissing() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("none.json")
    let answer = losskit("evaluate", path, try folder.bundle())
    #expect(answer.status == 1)
    #expect(answer.errors == "losskit: error: \(path): no such file\n")
  }
}
