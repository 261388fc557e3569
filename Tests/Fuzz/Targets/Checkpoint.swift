import LossKit
import TestSupport

@testable import Detector

extension FuzzTarget {
  /// A checkpoint, from which a model takes its weights and a training goes on.
  static let checkpoint = Self(
    name: "checkpoint",
    words: quoted(
      """
      __metadata__ format step seed classes 9223372036854775807 dtype F32 shape data_offsets \
      weights.backbone.0
      """) + [
        "\"losskit reference detector 2\"", "\"[]\"", "\"data\"", "\"-1\"",
        "\"-9223372036854775808\"",
      ],
    seeds: {
      [
        Array(
          """
          {"__metadata__":{"format":"losskit reference detector 2","step":"20","seed":"1","classes":\
          "[\\"disc\\", \\"ring\\"]","data":"a"},"weights.a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}
          """.utf8)
      ]
    },
    reader: { folder in
      let file = try folder.write(
        #"{"model": {"channels": [16, 16, 16], "strides": [2, 2, 2], "map_channels": 16}}"#,
        to: "model.json")
      let settings = try ModelFile(contentsOf: file)
      let recipe = try DetectionRecipe(
        contentsOf: Reference.path("Configs/recipes/reference_detector.json"),
        registry: .builtIn())
      let model = try DetectionModel(
        recipe.objective, classes: 2, settings: settings.model, seed: 1)
      return { input in
        let path = try folder.write(safetensorsFile(input), to: "checkpoint.safetensors")
        let checkpoint = try attempt(input) { () throws(BundleError) in
          try Checkpoint(contentsOf: path)
        }
        guard let checkpoint else { return }
        var model = model
        _ = try attempt(input) { () throws(BundleError) in try checkpoint.restore(&model) }
        try require(checkpoint.step >= 0, "goes on at step \(checkpoint.step)")
        if checkpoint.step < settings.training.steps {
          _ = settings.training.rate(step: checkpoint.step)
          var order = BatchOrder(count: 5, seed: checkpoint.origin.seed, settings.training)
          _ = order.batch(step: checkpoint.step)
        }
      }
    })
}
