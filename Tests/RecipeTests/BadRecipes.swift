import Testing

/// Recipes with errors: what is wrong, the lines of ``goodRecipe`` that make it so, and what is said.
struct BadRecipe: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let lines: [Int: String]
  let errors: [String]

  init(_ idea: String, _ lines: [Int: String], _ errors: String...) {
    self.testDescription = idea
    self.lines = lines
    self.errors = errors
  }

  var text: String { recipe(lines: lines) }
}

extension BadRecipe {
  static let all =
    keys + types + components + parameters + stages + terms + layouts + normalizers + several
}

extension BadRecipe {
  /// Keys that are unknown or missing, at every level.
  static let keys = [
    BadRecipe(
      "unknown key of the recipe", [2: #"  "stage": {},  "stages": {"#],
      #"r.json:2:3: stage: unknown key "stage"; expected one of $schema, name, description, extends, plugins, losses, stages; did you mean "stages"?"#
    ),
    BadRecipe(
      "unknown key of a stage", [7: #"      "codr": {}, "coder": "delta_xywh","#],
      #"r.json:7:7: stages.rpn.codr: unknown key "codr"; expected one of description, priors, assigner, match_costs, sampler, coder, terms; did you mean "coder"?"#
    ),
    BadRecipe(
      "unknown key of a term", [22: #"          "wieght": 2"#],
      #"r.json:22:11: stages.rpn.terms.box.wieght: unknown key "wieght"; expected one of description, prediction, layout, target, loss, background, normalizer, weight, inside_weights, outside_weights, row_weight; did you mean "weight"?"#
    ),
    BadRecipe(
      "unknown key of a normalizer",
      [21: #"          "normalizer": { "by": "rows", "flor": 1 },"#],
      #"r.json:21:41: stages.rpn.terms.box.normalizer.flor: unknown key "flor"; expected one of by, per, floor, image_floor, running_mean; did you mean "floor"?"#
    ),
    BadRecipe(
      "unknown parameter", [6: #"      "sampler": { "type": "random", "cuont": 256 },"#],
      #"r.json:6:38: stages.rpn.sampler.cuont: unknown key "cuont"; expected one of type, count, positive_fraction, seed, balance_objects, negatives_per_positive; did you mean "count"?"#
    ),
    BadRecipe(
      "parameter of a component that has none",
      [20: #"          "loss": { "type": "l1", "zzz": 0.1 },"#],
      #"r.json:20:35: stages.rpn.terms.box.loss.zzz: unknown key "zzz"; expected one of type"#),
    BadRecipe(
      "no stages", [2: #"  "name": "x", "description": {"#],
      #"r.json:1:1: key "stages" is missing"#,
      "r.json:2:31: description: expected a string, found an object"),
    BadRecipe(
      "no coder", [7: ""],
      #"r.json:3:12: stages.rpn: key "coder" is missing"#),
    BadRecipe(
      "no target", [19: ""],
      #"r.json:16:16: stages.rpn.terms.box: key "target" is missing"#),
    BadRecipe(
      "no type", [5: #"      "assigner": { "positive_iou": 0.5 },"#],
      #"r.json:5:19: stages.rpn.assigner: key "type" is missing"#),
    BadRecipe(
      "normalizer without a count", [21: #"          "normalizer": { "per": "image" },"#],
      #"r.json:21:25: stages.rpn.terms.box.normalizer: key "by" is missing"#),
    BadRecipe(
      "stage without anything", [2: #"  "stages": { "rcnn": {},"#],
      #"r.json:2:23: stages.rcnn: key "priors" is missing"#,
      #"r.json:2:23: stages.rcnn: key "assigner" is missing"#,
      #"r.json:2:23: stages.rcnn: key "sampler" is missing"#,
      #"r.json:2:23: stages.rcnn: key "coder" is missing"#,
      #"r.json:2:23: stages.rcnn: key "terms" is missing"#),
    BadRecipe(
      "stage without terms", [2: #"  "stages": { "rcnn": { "terms": {} },"#],
      #"r.json:2:23: stages.rcnn: key "priors" is missing"#,
      #"r.json:2:23: stages.rcnn: key "assigner" is missing"#,
      #"r.json:2:23: stages.rcnn: key "sampler" is missing"#,
      #"r.json:2:23: stages.rcnn: key "coder" is missing"#,
      "r.json:2:34: stages.rcnn.terms: is empty; expected at least one term"),
  ]

  /// Values of the wrong type.
  static let types = [
    BadRecipe(
      "name, $schema and description that are no strings",
      [2: #"  "name": 1, "$schema": [], "description": null, "stages": {"#],
      "r.json:2:11: name: expected a string, found an integer",
      "r.json:2:25: $schema: expected a string, found an array",
      "r.json:2:44: description: expected a string, found null"),
    BadRecipe(
      "stage that is a string", [2: #"  "stages": { "rcnn": "fast","#],
      "r.json:2:23: stages.rcnn: expected an object, found a string"),
    BadRecipe(
      "component that is a number", [7: #"      "coder": 3,"#],
      #"r.json:7:16: stages.rpn.coder: expected the name of a box coder, or an object with "type", found an integer"#
    ),
    BadRecipe(
      "type that is a boolean", [7: #"      "coder": { "type": true },"#],
      "r.json:7:26: stages.rpn.coder.type: expected a string, found a boolean"),
    BadRecipe(
      "term that is an array", [2: #"  "stages": { "rcnn": { "terms": { "cls": [] } },"#],
      #"r.json:2:23: stages.rcnn: key "priors" is missing"#,
      #"r.json:2:23: stages.rcnn: key "assigner" is missing"#,
      #"r.json:2:23: stages.rcnn: key "sampler" is missing"#,
      #"r.json:2:23: stages.rcnn: key "coder" is missing"#,
      "r.json:2:43: stages.rcnn.terms.cls: expected an object, found an array"),
    BadRecipe(
      "weight that is a string", [22: #"          "weight": "2""#],
      "r.json:22:21: stages.rpn.terms.box.weight: expected a number, found a string"),
    BadRecipe(
      "weight that is null", [22: #"          "weight": null"#],
      "r.json:22:21: stages.rpn.terms.box.weight: expected a number, found null"),
    BadRecipe(
      "prediction that is a number", [17: #"          "prediction": 1,"#],
      "r.json:17:25: stages.rpn.terms.box.prediction: expected a string, found an integer"),
    BadRecipe(
      "predictions that are partly numbers", [17: #"          "prediction": ["p2", 3, "p4", 5],"#],
      "r.json:17:32: stages.rpn.terms.box.prediction.1: expected a string, found an integer",
      "r.json:17:41: stages.rpn.terms.box.prediction.3: expected a string, found an integer"),
    BadRecipe(
      "no predictions", [17: #"          "prediction": [],"#],
      "r.json:17:25: stages.rpn.terms.box.prediction: is empty; expected one or more names"),
    BadRecipe(
      "layout that is a list", [18: #"          "layout": ["n", "a c"],"#],
      "r.json:18:21: stages.rpn.terms.box.layout: expected a string, found an array"),
    BadRecipe(
      "coordinate weights that are no lists of numbers",
      [22: #"          "inside_weights": 1, "outside_weights": [1, 1, 1, "1"]"#],
      "r.json:22:29: stages.rpn.terms.box.inside_weights: expected a list of 4 numbers, found an integer",
      "r.json:22:61: stages.rpn.terms.box.outside_weights.3: expected a number, found a string"),
    BadRecipe(
      "background that is nowhere", [22: #"          "background": "frist""#],
      #"r.json:22:25: stages.rpn.terms.box.background: "frist" is unknown; expected one of first, last, none; did you mean "first"?"#
    ),
    BadRecipe(
      "background of a box", [22: #"          "background": "last""#],
      "r.json:22:25: stages.rpn.terms.box.background: has a column among classes; a box target has none"
    ),
    BadRecipe(
      "background without a column, of a loss that compares rows with one",
      [
        18: #"          "layout": "n (a c) h w","#, 19: #"          "target": "class","#,
        20: #"          "loss": "softmax_cross_entropy","#, 22: #"          "background": "none""#,
      ],
      #"r.json:22:25: stages.rpn.terms.box.background: has no column, but "softmax_cross_entropy" compares each row with one; use first or last"#
    ),
    BadRecipe(
      "coordinate weights of another number",
      [22: #"          "inside_weights": [1, 1, 1], "outside_weights": []"#],
      "r.json:22:29: stages.rpn.terms.box.inside_weights: has 3 numbers; expected 4, one a coordinate",
      "r.json:22:59: stages.rpn.terms.box.outside_weights: has 0 numbers; expected 4, one a coordinate"
    ),
  ]

  /// Components that are not registered.
  static let components = [
    BadRecipe(
      "loss with a near name", [20: #"          "loss": { "type": "smoth_l1" },"#],
      #"r.json:20:29: stages.rpn.terms.box.loss.type: no loss is called "smoth_l1"; there is \#(lossNames); did you mean "smooth_l1"?"#
    ),
    BadRecipe(
      "loss with a far name", [20: #"          "loss": "perceptual","#],
      #"r.json:20:19: stages.rpn.terms.box.loss: no loss is called "perceptual"; there is \#(lossNames)"#
    ),
    BadRecipe(
      "prior generator", [4: #"      "priors": "anchorgrid","#],
      #"r.json:4:17: stages.rpn.priors: no prior generator is called "anchorgrid"; there is \#(names(.priors)); did you mean "anchor_grid"?"#
    ),
    BadRecipe(
      "assigner", [5: #"      "assigner": { "type": "max_iuo" },"#],
      #"r.json:5:29: stages.rpn.assigner.type: no assigner is called "max_iuo"; there is \#(names(.assigner)); did you mean "max_iou"?"#
    ),
    BadRecipe(
      "sampler", [6: #"      "sampler": { "type": "quota", "count": 1 },"#],
      #"r.json:6:28: stages.rpn.sampler.type: no sampler is called "quota"; there is \#(names(.sampler))"#
    ),
    BadRecipe(
      "box coder", [7: #"      "coder": "delta","#],
      #"r.json:7:16: stages.rpn.coder: no box coder is called "delta"; there is \#(names(.coder)); did you mean "delta_xywh"?"#
    ),
  ]
}
