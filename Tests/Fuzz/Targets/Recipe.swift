import LossKit
import TestSupport

extension FuzzTarget {
  /// A recipe, the one that it may extend as `base`, and settings; each a part.
  ///
  /// A recipe that is read is written without what it extends, and read again, the same.
  static let recipe = Self(
    name: "recipe", words: recipeWords,
    seeds: {
      let recipe = try text("Configs/recipes/faster_rcnn_torchvision.json")
      let settings = ["stages.rpn.terms.rpn_box.weight=0.5", "stages.rpn.sampler=all", "name=a"]
      return try ["faster_rcnn_giou", "faster_rcnn_paper", "reference_detector_sigmoid"].map {
        name in
        let text = try text("Configs/recipes/\(name).json")
        guard let base = text.firstMatch(of: #/"extends": "(\w+)"/#) else { return input([text]) }
        return input([
          text.replacing(base.0, with: #""extends": "base""#),
          try Self.text("Configs/recipes/\(base.1).json"),
        ])
      } + [input([recipe, ""] + settings)]
    },
    reader: { folder in
      let registry = try Registry.builtIn()
      return { input in
        let parts = parts(input)
        let path = try folder.write(parts[0], to: "recipe.json")
        try folder.write(parts.dropFirst().first ?? [], to: "base.json")
        let settings = try parts.dropFirst(2).compactMap { part in
          try attempt(input) { () throws(Diagnostics) in
            try JSONSetting(parsing: String(decoding: part, as: UTF8.self))
          }
        }
        let recipe = try attempt(input) { () throws(Diagnostics) in
          try DetectionRecipe(contentsOf: path, settings: settings, registry: registry)
        }
        guard let recipe else { return }
        let alone = DetectionRecipe.standalone(recipe.node)
        let text = try alone.text()
        let again = try DetectionRecipe(
          try JSONNode(parsing: Array(text.utf8), file: "again.json"), registry: registry)
        try require(again.node == alone, "another recipe than was written: \(text)")
      }
    })

  /// Keys and names of recipes.
  static let recipeWords =
    quoted(
      """
      $schema name description extends plugins stages priors assigner sampler coder terms type \
      prediction layout target loss normalizer weight inside_weights outside_weights by per floor \
      batch image rows sampled positives cells weights objectness class box decoded_box sizes \
      ratios strides offset count positive_fraction positive_iou negative_iou match_low_quality \
      low_quality_iou means stds beta centered_anchor_grid anchor_grid proposals proposal_layer \
      max_iou random all recorded delta_xywh pre_nms_count post_nms_count nms_iou min_size base
      """) + quoted((try? Registry.builtIn())?.losses.names.joined(separator: " ") ?? "") + [
      "\"n (a c) h w\"", "\"n (c a) h w\"", "\"r (k c)\"", "\"r c\"", "\"n p c\"", "1e308",
      "-9223372036854775808", "9223372036854775807", "\u{1E}", "stages.rpn.", "=",
    ]
}
