import LossKit
import ResourceLimits
import StrictJSON
import TestSupport

@testable import Sweep

extension FuzzTarget {
  /// A sweep file, and the recipe and the model file that it names `recipe.json` and `model.json`.
  static let sweep = Self(
    name: "sweep",
    words: quoted(
      """
      recipe model data validation method grid random list parameters values value min max q \
      distribution uniform log_uniform int_uniform q_uniform run_cap random_seed seeds metric name \
      goal maximize minimize command {recipe} {seed} time_limit concurrency split early_terminate \
      hyperband min_iter max_iter s eta strict mu sigma normal q_log_normal probabilities recipe.json model.json \
      training.steps stages.rpn.terms.rpn_box.weight
      """) + ["9223372036854775807", "-9223372036854775808", "1e308", "\u{1E}"],
    seeds: {
      let recipe = try text("Configs/recipes/faster_rcnn_torchvision.json")
      return try ["classification_loss", "loss_weights", "smooth_l1_beta"].map { name in
        let sweep = try text("Configs/sweeps/\(name).json")
          .replacing("../models/default.json", with: "model.json")
          .replacing(#/\.\./recipes/\w+\.json/#, with: "recipe.json")
        return input([sweep, recipe, #"{"training": {"steps": 9}}"#])
      }
    },
    reader: { folder in
      let registry = try Registry.builtIn()
      return { input in
        let parts = parts(input)
        let path = try folder.write(parts[0], to: "sweep.json")
        try folder.write(parts.dropFirst().first ?? [], to: "recipe.json")
        try folder.write(parts.dropFirst(2).first ?? [], to: "model.json")
        let plan = try attempt(input) { () throws(Diagnostics) in
          try SweepPlan(contentsOf: path, registry: registry)
        }
        guard let plan else { return }
        try require(
          plan.trialCount <= Limits.sweepTrials && plan.trials.count == plan.trialCount,
          "\(plan.trialCount) trials")
        // What a sweep writes into its folder must be read again when it goes on.
        var definition = SweepDefinition(meaning: plan.meaning)
        _ = definition.add(plan)
        let text = try definition.node.text()
        let again = try JSONNode(parsing: Array(text.utf8), file: "again.json")
        try require(
          SweepDefinition(again)?.node == definition.node, "another definition than was written")
      }
    })
}
