import CommandLineTestSupport
import Foundation
import LossKit
import TestSupport
import Testing

/// The recipes and the bundle that come with the package, as the README uses them.
@Suite struct ExampleTests {
  private static let bundle = Reference.path("Examples/blood_cells.safetensors")

  private static func recipe(_ name: String) -> String {
    Reference.path("Configs/recipes/\(name).json")
  }

  @Test func everyRecipeIsValid() throws {
    let folder = Reference.path("Configs/recipes")
    let recipes = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!recipes.isEmpty)
    let answer = Answer(to: ["check"] + recipes.map { "\(folder)/\($0)" })
    #expect(answer.status == 0, "\(answer.errors)")
  }

  @Test func theLossesAreThoseOfTorchvision() throws {
    let answer = losskit(
      "evaluate", Self.recipe("faster_rcnn_torchvision"), Self.bundle, "--json",
      "--set", "stages.rpn.sampler=recorded", "--set", "stages.rcnn.sampler=recorded")
    #expect(answer.status == 0, "\(answer.errors)")
    let terms = try #require(try answer.json["terms"]?.elements)

    let text = try #require(
      try SafetensorsFile(contentsOf: Self.bundle).metadata["torchvision_losses"])
    let expected = try JSONNode(parsing: Array(text.utf8), file: "torchvision_losses")
    #expect(terms.count == 4)
    for term in terms {
      let name = try #require(term["term"]?.string)
      let value = try #require(term["value"]?.double)
      let theirs = try #require(expected[name]?.double)
      #expect(abs(value - theirs) < 1e-6 * theirs, "\(name)")
    }
  }

  @Test func recipesCanBeCompared() throws {
    let answer = losskit(
      "compare", Self.recipe("faster_rcnn_paper"), Self.recipe("faster_rcnn_tf"), "--bundle",
      Self.bundle, "--json")
    #expect(answer.status == 0, "\(answer.errors)")
    for recipe in try #require(try answer.json["recipes"]?.elements) {
      let shares = try #require(recipe["terms"]?.elements).compactMap {
        $0["gradient_share"]?.double
      }
      #expect(shares.count == 4 && abs(shares.reduce(0, +) - 1) < 1e-12)
    }
  }
}
