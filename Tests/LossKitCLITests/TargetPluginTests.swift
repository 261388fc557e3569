import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// Commands with an assigner, a sampler and row weights from a shared library.
@Suite(
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct TargetPluginTests {
  private let folder: TemporaryFolder
  private let library: String

  init() throws {
    folder = try TemporaryFolder()
    library = try PluginBuilding.library(TargetPlugin.source, in: folder)
  }

  @Test func listAndTheSchemaHaveThem() {
    let list = losskit("list", "--plugin", library).text
    for line in [
      "assigner    targets/inside", "sampler     targets/first", "row_weight  targets/area",
      "row_weight  targets/label",
    ] { #expect(list.contains("\n\(line) "), "\(line)") }
    let schema = losskit("schema", "--plugin", library).text
    for name in ["inside", "first", "area", "label"] {
      #expect(schema.contains("\"targets/\(name)\""))
    }
    #expect(!losskit("schema").text.contains("targets/"))
  }

  @Test func showHasTheirParameters() {
    let answer = losskit("show", "targets/inside", "--plugin", library)
    #expect(answer.status == 0)
    #expect(
      answer.text == """
        targets/inside (assigner)
        Centres inside.

          x

        parameter   type    default  range  meaning
        least_area  number  0        any    Smaller boxes have no priors.

        Source: A test

        """)
  }

  private static let settings = [
    "stages.dense.assigner=targets/inside", "stages.dense.sampler=targets/first",
    "stages.dense.terms.box.row_weight={\"type\":\"targets/area\",\"unit\":64}",
  ]

  private func options(_ library: String) -> [String] {
    ["--plugin", library] + Self.settings.flatMap { ["--set", $0] }
  }

  private func evaluate(_ library: String, _ settings: String...) throws -> Answer {
    Answer(
      to: ["evaluate", try folder.recipe(), try folder.bundle(), "--json"] + options(library)
        + settings.flatMap { ["--set", $0] })
  }

  /// One of four anchors is matched, of which the first three are sampled; its box of 16 × 16 weighs 4.
  @Test func evaluateUsesThem() throws {
    let answer = try evaluate(library)
    #expect(answer.status == 0, "\(answer.errors)")
    let json = try answer.json
    #expect(json["terms", "0", "positives"]?.double == 1)
    #expect(json["terms", "0", "negatives"]?.double == 2)
    let half = try evaluate(
      library, "stages.dense.terms.box.row_weight={\"type\":\"targets/area\",\"unit\":128}")
    let value = try #require(json["terms", "1", "value"]?.double)
    #expect(try half.json["terms", "1", "value"]?.double == value / 2 && value > 0)
  }

  @Test func checkTellsWhatIsWrongWithThem() throws {
    let recipe = try folder.recipe()
    func check(_ library: String, _ settings: String...) -> Answer {
      Answer(
        to: ["check", recipe] + options(library) + settings.flatMap { ["--set", $0] })
    }
    #expect(check(library).status == 0)
    let unknown = check(
      library, "stages.dense.assigner={\"type\":\"targets/inside\",\"least_areas\":2}")
    #expect(unknown.status == 1)
    #expect(
      unknown.errors.contains("did you mean \"least_area\"?"),
      "\(unknown.errors)")
    let reading = try PluginBuilding.library(
      TargetPlugin.source.replacing(".reads = 0", with: ".reads = LOSSKIT_STRIDES"), "reading",
      in: folder)
    #expect(check(reading).status == 0)
    let refused = check(reading, "stages.dense.priors={\"type\":\"proposals\"}")
    #expect(
      refused.status == 1
        && refused.errors.contains(
          "stages.dense.assigner: \"targets/inside\" reads strides, but"),
      "\(refused.errors)")
  }

  @Test(arguments: [
    (
      "assigned", "a->matches[2] = 1;",
      "stage dense, image 0, targets/inside of LIBRARY: matches prior 2 to 1; expected ground truth 0, "
    ),
    (
      "sampled", "s->sampled[3] = 7;",
      "stage dense, image 0, targets/first of LIBRARY: writes 7 for prior 3; expected 0 or 1"
    ),
    (
      "weighed", "rows->weights[0] = -1;",
      "stage dense, term box, image 0: targets/area of LIBRARY row 0: has the weight -1.0; expected a "
    ),
  ])
  func whatTheyGetWrongIsAnError(place: String, code: String, problem: String) throws {
    let wrong = try PluginBuilding.library(
      TargetPlugin.source.replacing("/* \(place) */", with: code), "wrong", in: folder)
    let answer = try evaluate(wrong)
    #expect(answer.status == 1 && answer.text.isEmpty)
    #expect(
      answer.errors.contains(problem.replacing("LIBRARY", with: wrong)), "\(answer.errors)")
  }
}
