import Foundation
import TestSupport
import Testing

/// The header and the library as a program in C has them.
@Suite(
  .long,
  .enabled(if: PluginBuilding.compiler != nil, Comment(rawValue: PluginBuilding.withoutCompiler)))
struct ProgramTests {
  /// One image of 32 × 32 pixels under a feature map of 2 × 2 cells with an anchor each. The only object
  /// covers the first anchor exactly.
  static let recipe = """
    {
      "stages": {
        "dense": {
          "priors": { "type": "centered_anchor_grid", "sizes": [[16]], "ratios": [1], "offset": 0.5 },
          "assigner": { "type": "max_iou", "positive_iou": 0.5, "negative_iou": 0.4 },
          "sampler": "all",
          "coder": "delta_xywh",
          "terms": {
            "cls": {
              "prediction": "scores", "layout": "n c h w", "target": "class",
              "loss": "softmax_cross_entropy", "normalizer": "sampled"
            },
            "box": {
              "prediction": "deltas", "layout": "n c h w", "target": "box",
              "loss": { "type": "smooth_l1", "beta": 1 }, "normalizer": "positives"
            }
          }
        }
      }
    }
    """

  @Test func `a program in C evaluates a recipe, and is told what it did wrong`() throws {
    let folder = try TemporaryFolder()
    let libraries = PluginBuilding.executables.path(percentEncoded: false)
    let program = folder.path("program")
    let built = try Subprocess([
      PluginBuilding.compiler ?? "cc", "-std=gnu99", "-Wall", "-Wextra", "-Werror",
      "-I\(Reference.path("Sources/CInterface/include"))", "-I\(PluginBuilding.include)",
      Reference.path("Tests/LossKitCTests/program.c"), "-o", program, "-L\(libraries)",
      "-lLossKitC", "-Wl,-rpath,\(libraries)",
    ])
    try #require(built.status == 0, Comment(rawValue: built.text))
    let run = try Subprocess([program, Self.recipe])
    #expect(run.status == 0, Comment(rawValue: run.text))
    let lines = run.text.split(separator: "\n").map(String.init)
    // -log 0.5 over 4 priors; 0.5² / 2 + 2 - 0.5 over 1 positive, whose derivatives are 0.5 and 1.
    #expect(lines.contains("term: 0.693147 1.000000 1 3"))
    #expect(lines.contains("term: 1.625000 2.000000 1 3"))
    #expect(lines.contains("gradient: 0.125000 -0.125000 1.000000 2.000000"))
    #expect(lines.contains("no objective: objective: is NULL"))
    #expect(lines.contains("missing: prediction \"scores\": is missing; there is deltas"))
    #expect(
      lines.contains("NaN: prediction \"scores\" image 0, c = 0, h = 1, w = 1: nan is not finite"))
    #expect(lines.contains { $0.hasPrefix("diagnostics: [") && $0.contains(#""path":"stages""#) })
    #expect(lines.contains("forked: 0"))
  }
}
