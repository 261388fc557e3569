import Foundation
import LossKit
import Sweep
import TestSupport
import Testing

/// The sweeps in Configs/sweeps, which train the reference detector.
@Suite struct CommittedSweepTests {
  private static let files: [String: (variants: Int, trials: Int)] = [
    "quickstart": (4, 20),
    "smooth_l1_beta": (9, 27),
    "classification_loss": (4, 20),
    "loss_weights": (12, 36),
    "assigners": (6, 60),
    "box_losses": (6, 60),
    "detectors": (7, 70),
    "formulas": (5, 25),
  ]

  private static let hasRecipes = FileManager.default.fileExists(
    atPath: Reference.path("Configs/recipes/reference_detector.json"))

  @Test(.enabled(if: hasRecipes, "needs the recipes of the reference detector"))
  func allAreValid() throws {
    let folder = Reference.path("Configs/sweeps")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".json") }
    #expect(names == Self.files.keys.map { "\($0).json" }.sorted())
    for (name, counts) in Self.files {
      let plan = try SweepPlan(contentsOf: "\(folder)/\(name).json", registry: try .builtIn())
      #expect(plan.name == name && plan.description != nil)
      #expect(plan.variants.count == counts.variants && plan.trialCount == counts.trials)
      #expect((plan.base == nil) == (name == "loss_weights"), "\(name)")
    }
  }
}
