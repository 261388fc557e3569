import CommandLineKit
import CommandLineTestSupport
import Foundation
import LossKit
import ResourceLimits
import TestSupport
import Testing

@testable import LossKitCLI

/// Packages that `losskit new-loss` and its siblings write, and the examples: built, tested and loaded.
@Suite(.serialized) struct NewPackageTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func new(_ arguments: String..., kind: String = "loss") -> Answer {
    Answer(
      to: ["new-\(kind)"] + arguments
        + ["--directory", folder.path(""), "--losskit", Reference.path("")])
  }

  /// What `make GOAL` says in a package.
  private func make(_ goal: String, in package: String) throws -> Subprocess {
    try Subprocess(["make", goal, "CC=\(PluginBuilding.compiler ?? "cc")"], in: package)
  }

  /// The loss and the gradient of 3 against 1.
  private func score(_ loss: String, _ library: String) throws -> (Double?, Double?) {
    let answer = losskit(
      "try", loss, "--plugin", library, "--predictions", "3", "--targets", "1", "--json")
    #expect(answer.status == 0, "\(answer.errors)")
    return (
      try answer.json["rows", "0", "loss", "0"]?.double,
      try answer.json["rows", "0", "gradient", "0"]?.double
    )
  }

  @Test(
    .enabled(
      if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
      "there is no C compiler, or no make"))
  func aLossInC() throws {
    let answer = new("smooth_hinge", "--c")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let package = folder.path("smooth_hinge")
    #expect(
      answer.text == """
        Wrote \(package). The formula is in smooth_hinge.c.
        Next, in that folder:
          make test
          make
          losskit show smooth_hinge/smooth_hinge --plugin libsmooth_hinge.so

        """)
    for goal in ["test", "libsmooth_hinge.so"] {
      let make = try make(goal, in: package)
      #expect(make.status == 0 && !make.text.contains("warning"), "\(make.text)")
    }
    #expect(
      try score("smooth_hinge/smooth_hinge", "\(package)/libsmooth_hinge.so") == (2, 2))
  }

  /// A name that the package's own files might have.
  @Test(
    .enabled(
      if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
      "there is no C compiler, or no make"), arguments: ["loss", "assigner"])
  func aNameLikeThatOfAFile(kind: String) throws {
    #expect(new("test", "--c", kind: kind).status == 0)
    let make = try make("test", in: folder.path("test"))
    #expect(make.status == 0, "\(make.text)")
  }

  /// The test that the C package holds finds a gradient that is wrong.
  @Test(
    .enabled(
      if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
      "there is no C compiler, or no make"))
  func itsTestFindsAWrongGradient() throws {
    #expect(new("wrong", "--c").status == 0)
    let source = folder.path("wrong/wrong.c")
    let text = try String(contentsOfFile: source, encoding: .utf8)
    try folder.write(
      text.replacing("= scale * x;", with: "= 1.1f * scale * x;"), to: "wrong/wrong.c")
    let make = try make("test", in: folder.path("wrong"))
    #expect(make.status != 0 && make.text.contains("wrong: FAILED"))
  }

  /// The wing loss, omega log(1 + |x| / 2) up to |x| = omega and |x| - c beyond: its gradient jumps at 0, and
  /// at 3, which is one of the places that the test tries; so a wrong one shows from both sides.
  @Test(
    .enabled(
      if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
      "there is no C compiler, or no make"), arguments: [("3", true), ("3.1f", false)])
  func itsTestKnowsKinks(slope: String, isRight: Bool) throws {
    #expect(new("wing", "--c").status == 0)
    let text = try String(contentsOfFile: folder.path("wing/wing.c"), encoding: .utf8)
      .replacing("#include", with: "#include <math.h>\n#include")
      .replacing(
        "0.5f * scale * x * x;",
        with: "fabsf(x) < 3 ? 3 * log1pf(fabsf(x) / 2) : fabsf(x) - 3 + 3 * log1pf(1.5f);"
      )
      .replacing(
        "scale * x;",
        with: "(x < 0 ? -scale : scale) * (fabsf(x) < 3 ? \(slope) / (2 + fabsf(x)) : 1);")
    try folder.write(text, to: "wing/wing.c")
    let make = try make("test", in: folder.path("wing"))
    #expect(isRight == (make.status == 0) && isRight != make.text.contains("wing: FAILED"))
  }

  @Test(.long) func aLossWithKinksInSwift() throws {
    #expect(new("wing").status == 0)
    let file = "wing/Sources/WingPlugin/WingLoss.swift"
    let text = try String(contentsOfFile: folder.path(file), encoding: .utf8)
    try folder.write(
      text.replacing(
        "return 0.5 * Value(scale) * x * x",
        with: """
          let size = Value.abs(x)
          let inner = 3 * Value.log1p(size / 2)
          return Value(scale)
            * .select(size < 3, inner, else: size - 3 + 3 * .log1p(1.5))
          """), to: file)
    try PluginBuilding.test(folder.path("wing"))
  }

  @Test(.long) func aLossInSwift() throws {
    let answer = new("smooth_hinge")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let package = folder.path("smooth_hinge")
    #expect(
      answer.text.hasPrefix(
        "Wrote \(package). The formula is in "
          + "Sources/SmoothHingePlugin/SmoothHingeLoss.swift.\n"))
    try PluginBuilding.test(package)
    let library = try PluginBuilding.swiftLibrary("SmoothHingePlugin", ofPackage: package)
    #expect(try score("smooth_hinge/smooth_hinge", library) == (2, 2))
    let double = losskit(
      "try", "smooth_hinge/smooth_hinge", "--plugin", library, "--double", "--set", "scale=-1",
      "--random", "9")
    #expect(double.status == 2 && double.errors.contains("\"scale\" is -1; expected > 0"))
  }

  @Test(.long) func theExampleInSwift() throws {
    let library = try PluginBuilding.swiftLibrary(
      "Charbonnier", ofPackage: Reference.path("Examples/plugins/charbonnier"))
    let (value, gradient) = try score("acme/charbonnier", library)
    let root = (4 + 1e-6).squareRoot()
    let (expectedValue, expectedGradient) = (root - 1e-3, 2 / root)
    #expect(abs(try #require(value) - expectedValue) < 1e-6)
    #expect(abs(try #require(gradient) - expectedGradient) < 1e-6)

    // With so small a tip it is the absolute difference, on a real detector too.
    func boxTerm(_ loss: String) throws -> Double? {
      try losskit(
        "evaluate", Reference.path("Configs/recipes/faster_rcnn_torchvision.json"),
        Reference.path("Examples/blood_cells.safetensors"), "--plugin", library, "--set",
        "stages.rpn.terms.rpn_box.loss=\(loss)", "--json"
      ).json["terms", "1", "value"]?.double
    }
    let charbonnier = try #require(
      try boxTerm("{\"type\":\"acme/charbonnier\",\"epsilon\":1e-6}"))
    let l1 = try #require(try boxTerm("l1"))
    #expect(charbonnier < l1 && abs(charbonnier - l1) < 1e-4 * l1)
  }

  /// What the small detector's priors are matched to by an assigner with `share`.
  private func counts(_ assigner: String, _ library: String, share: Double) throws -> [Int] {
    let answer = losskit(
      "targets", try folder.recipe(), try folder.bundle(), "--plugin", library, "--set",
      "stages.dense.assigner={\"type\":\"\(assigner)\",\"share\":\(share)}", "--output",
      folder.path("targets.safetensors"), "--json")
    #expect(answer.status == 0, "\(answer.errors)")
    return ["priors", "positives", "negatives"].compactMap {
      (try? answer.json["0", $0]?.double).flatMap { $0 }.map { Int($0) }
    }
  }

  @Test(
    .enabled(
      if: PluginBuilding.compiler != nil && Subprocess.finds("make"),
      "there is no C compiler, or no make"))
  func anAssignerInC() throws {
    let answer = new("middle", "--c", kind: "assigner")
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let package = folder.path("middle")
    #expect(answer.text.hasPrefix("Wrote \(package). The rule is in middle.c.\n"))
    for goal in ["test", "libmiddle.so"] {
      let make = try make(goal, in: package)
      #expect(make.status == 0 && !make.text.contains("warning"), "\(make.text)")
    }
    // The object is the first of four anchors, whose centres lie on the corners of a square of side 16.
    let library = "\(package)/libmiddle.so"
    #expect(try counts("middle/middle", library, share: 0.1) == [4, 1, 3])

    let text = try String(contentsOfFile: "\(package)/middle.c", encoding: .utf8)
    try folder.write(text.replacing("share *", with: "0.9f * share *"), to: "middle/middle.c")
    #expect(try make("test", in: package).status == 0, "the scene has no such edge")
    try folder.write(text.replacing("share *", with: "2 * share *"), to: "middle/middle.c")
    let wrong = try make("test", in: package)
    #expect(wrong.status != 0 && wrong.text.contains("middle: FAILED"))
  }

  @Test(.long) func anAssignerInSwift() throws {
    #expect(new("middle", kind: "assigner").status == 0)
    let package = folder.path("middle")
    try PluginBuilding.test(package)
    let library = try PluginBuilding.swiftLibrary("MiddlePlugin", ofPackage: package)
    #expect(try counts("middle/middle", library, share: 0.1) == [4, 1, 3])
  }

  /// The line of a package's manifest that says where LossKit is.
  private func dependency(_ lossKit: String) throws -> (String?, product: Bool) {
    let package = "p\(UUID().uuidString.prefix(8).lowercased())"
    let answer = losskit("new-loss", package, "--directory", folder.path(""), "--losskit", lossKit)
    #expect(answer.status == 0 && answer.errors.isEmpty)
    let text = try String(
      contentsOfFile: folder.path("\(package)/Package.swift"), encoding: .utf8)
    return (
      text.split(separator: "\n").first { $0.contains(".package(") }.map {
        $0.trimmingCharacters(in: .whitespaces)
      }, text.contains("package: \"LossKit\")")
    )
  }

  @Test func whereLossKitIs() throws {
    #expect(
      try dependency("https://example.com/mine/LossKit.git") == (
        ".package(url: \"https://example.com/mine/LossKit.git\", branch: \"main\")", true
      ))
    #expect(
      try dependency("git@example.com:mine/losses")
        == (".package(url: \"git@example.com:mine/losses\", branch: \"main\")", false))
    let absolute = Reference.path("Sources/..")
    #expect(
      try dependency(absolute) == (".package(name: \"LossKit\", path: \"\(absolute)\")", true))
    #expect(
      LossKitLocation(description: ".").dependency(of: "mine/loss")
        == ".package(name: \"LossKit\", path: \"../..\")")
    #expect(
      LossKitLocation(description: "../LossKit").dependency(of: "loss")
        == ".package(name: \"LossKit\", path: \"../../LossKit\")")
  }

  @Test func aFolderThatIsNotLossKits() throws {
    for arguments in [["--losskit", folder.path("")], ["--losskit", "none"]] {
      let answer = Answer(to: ["new-loss", "mine", "--directory", folder.path("")] + arguments)
      #expect(answer.status == 2 && answer.text.isEmpty)
      #expect(
        answer.errors.hasPrefix(
          "losskit new-loss: --losskit: \"\(arguments[1])\" is not the folder of LossKit; name the "
            + "folder that holds its Package.swift, or a URL\n"))
    }
    #expect(try folder.names == [])
  }

  @Test func whatIsThereIsLeftAlone() throws {
    let path = folder.path("mine")
    try folder.write("mine", to: "mine/file")
    let answer = new("mine")
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(
      answer.errors
        == "losskit: error: \(path): is there already; choose another name or --directory\n")
    #expect(try folder.names == ["mine"])
    #expect(try String(contentsOfFile: "\(path)/file", encoding: .utf8) == "mine")
  }

  @Test func aFolderThatCanNotBeWrittenTo() throws {
    let file = try folder.write("", to: "file")
    let answer = losskit("new-loss", "mine", "--directory", file)
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(
      answer.errors == "losskit: error: \(file)/mine: can't be written; name a folder with "
        + "--directory that you may write to\n")
    #expect(try folder.names == ["file"])
  }

  @Test func aNameUpToTheLimit() throws {
    let name = String(repeating: "a", count: Limits.pluginNameBytes)
    #expect(try ComponentName(name, of: .loss).name == name)
    #expect(throws: UsageError.self) { try ComponentName(name + "a", of: .loss) }
  }

  @Test(arguments: ["", "Mine", "my-loss", "9th", "../mine", "café", "a b", "_a"])
  func namesThatCanNotBe(name: String) throws {
    let answer = new(name)
    #expect(answer.status == 2 && answer.text.isEmpty)
    #expect(
      answer.errors.hasPrefix(
        "losskit new-loss: NAME: expected small letters, digits and underscores, a letter first, "
          + "64 at most; got "))
    #expect(try folder.names == [])
  }

  @Test(arguments: ["class", "dense", "elementwise", "formula", "loss_kit"])
  func namesThatAreTaken(name: String) {
    let answer = new(name)
    #expect(answer.status == 2 && answer.errors.contains("is taken by LossKit"))
  }
}
