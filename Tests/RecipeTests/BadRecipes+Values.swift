extension BadRecipe {
  /// Parameters with values that they can't take.
  static let parameters = [
    BadRecipe(
      "parameter of the wrong type",
      [20: #"          "loss": { "type": "smooth_l1", "beta": "0.1" },"#],
      #"r.json:20:50: stages.rpn.terms.box.loss.beta: is "0.1"; expected number"#),
    BadRecipe(
      "parameter that is an object",
      [20: #"          "loss": { "type": "smooth_l1", "beta": { "value": 1 } },"#],
      "r.json:20:50: stages.rpn.terms.box.loss.beta: is {\"value\": 1}; expected number"
    ),
    BadRecipe(
      "number out of range", [20: #"          "loss": { "type": "smooth_l1", "beta": -0.5 },"#],
      "r.json:20:50: stages.rpn.terms.box.loss.beta: is -0.5; expected ≥ 0"),
    BadRecipe(
      "the least integer",
      [
        6: #"      "sampler": { "type": "random", "count": -9223372036854775808 },"#,
        20: #"          "loss": { "type": "smooth_l1", "beta": -9223372036854775808 },"#,
        21:
          #"          "normalizer": { "by": -9223372036854775808, "floor": -9223372036854775808 },"#,
      ],
      "r.json:6:47: stages.rpn.sampler.count: is -9.223372036854776e+18; expected ≥ 1",
      "r.json:20:50: stages.rpn.terms.box.loss.beta: is -9.223372036854776e+18; expected ≥ 0",
      "r.json:21:33: stages.rpn.terms.box.normalizer.by: is -9.223372036854776e+18; expected > 0",
      "r.json:21:64: stages.rpn.terms.box.normalizer.floor: is -9.223372036854776e+18; expected ≥ 0"
    ),
    BadRecipe(
      "weights beyond single precision",
      [
        14: #"          "normalizer": 1, "weight": -1e308"#,
        21:
          #"          "normalizer": 1, "inside_weights": [1, 1, 1e39, 1], "outside_weights": [-1e300, 1, 1, 1],"#,
      ],
      "r.json:14:38: stages.rpn.terms.cls.weight: is -1e+308; expected at most 3.4028235e+38 in magnitude",
      "r.json:21:46: stages.rpn.terms.box.inside_weights: has 1e+39; expected at most 3.4028235e+38 in magnitude",
      "r.json:21:82: stages.rpn.terms.box.outside_weights: has -1e+300; expected at most 3.4028235e+38 in magnitude"
    ),
    BadRecipe(
      "beta and sigma", [20: #"          "loss": { "type": "smooth_l1", "beta": 1, "sigma": 3 },"#],
      #"r.json:20:62: stages.rpn.terms.box.loss.sigma: is given beside "beta"; sigma sets beta to 1 / sigma^2"#
    ),
    BadRecipe(
      "count that is not whole",
      [6: #"      "sampler": { "type": "random", "count": 2.5 },"#],
      "r.json:6:47: stages.rpn.sampler.count: is 2.5; expected integer"),
    BadRecipe(
      "count and fraction out of range",
      [6: #"      "sampler": { "type": "random", "count": 0, "positive_fraction": 1.5 },"#],
      "r.json:6:47: stages.rpn.sampler.count: is 0; expected ≥ 1",
      "r.json:6:71: stages.rpn.sampler.positive_fraction: is 1.5; expected 0 … 1"),
    BadRecipe(
      "thresholds in the wrong order",
      [5: #"      "assigner": { "type": "max_iou", "positive_iou": 0.25 },"#],
      "r.json:5:19: stages.rpn.assigner.negative_iou: is 0.3, above positive_iou, 0.25"),
    BadRecipe(
      "list of the wrong length",
      [7: #"      "coder": { "type": "delta_xywh", "stds": [0.1, 0.2] },"#],
      "r.json:7:48: stages.rpn.coder.stds: has 2 values; expected 4"),
    BadRecipe(
      "list with a wrong element",
      [4: #"      "priors": { "type": "anchor_grid", "scales": [8, "16"], "ratios": [] },"#],
      #"r.json:4:52: stages.rpn.priors.scales: is "16"; expected number"#,
      "r.json:4:73: stages.rpn.priors.ratios: is empty; expected list of numbers"),
    BadRecipe(
      "choice that there isn't",
      [4: #"      "priors": { "type": "centered_anchor_grid", "outermost": "ratios" },"#],
      #"r.json:4:64: stages.rpn.priors.outermost: "ratios" is none of "ratio", "size"; did you mean "ratio"?"#
    ),
    BadRecipe(
      "levels without a stride each",
      [4: #"      "priors": { "type": "centered_anchor_grid", "strides": [4, 8] },"#],
      "r.json:4:17: stages.rpn.priors.sizes: has 1 levels for 2 strides; expected a list for each stride"
    ),
    BadRecipe(
      "suppression out of range",
      [
        4:
          #"      "priors": { "type": "proposal_layer", "nms_iou": 1.5, "post_nms_count": 0, "pre_nms_count": 0.5, "min_size": -1, "stage": 7 },"#
      ],
      "r.json:4:56: stages.rpn.priors.nms_iou: is 1.5; expected 0 … 1",
      "r.json:4:79: stages.rpn.priors.post_nms_count: is 0; expected ≥ 1",
      "r.json:4:99: stages.rpn.priors.pre_nms_count: is 0.5; expected integer",
      "r.json:4:116: stages.rpn.priors.min_size: is -1; expected ≥ 0",
      "r.json:4:129: stages.rpn.priors.stage: is 7; expected string"),
    BadRecipe(
      "candidates out of range",
      [5: #"      "assigner": { "type": "atss", "candidates": 0, "ignore_overlap": 0 },"#],
      "r.json:5:51: stages.rpn.assigner.candidates: is 0; expected 1 … 1000",
      "r.json:5:72: stages.rpn.assigner.ignore_overlap: is 0; expected > 0"),
    BadRecipe(
      "distances and radii out of range",
      [
        5:
          #"      "assigner": { "type": "fcos", "range": 0, "center_radius": -1, "include_ends": 1 },"#
      ],
      "r.json:5:46: stages.rpn.assigner.range: is 0; expected > 0",
      "r.json:5:66: stages.rpn.assigner.center_radius: is -1; expected > 0",
      "r.json:5:86: stages.rpn.assigner.include_ends: is 1; expected true or false"),
    BadRecipe(
      "points outside their cells",
      [4: #"      "priors": { "type": "points", "strides": [8, 0], "offset": 2 },"#],
      "r.json:4:48: stages.rpn.priors.strides: is 0; expected > 0",
      "r.json:4:66: stages.rpn.priors.offset: is 2; expected 0 … 1"),
    BadRecipe(
      "activation that there isn't",
      [7: #"      "coder": { "type": "distances", "activation": "sigmoid", "clip": 0 },"#],
      #"r.json:7:53: stages.rpn.coder.activation: "sigmoid" is none of "none", "relu", "exp""#,
      "r.json:7:72: stages.rpn.coder.clip: is 0; expected > 0"),
    BadRecipe(
      "form and divisor that there aren't",
      [
        19: #"          "target": "decoded_box","#,
        20: #"          "loss": { "type": "iou", "form": "cube", "divisor": "x" },"#,
      ],
      #"r.json:20:44: stages.rpn.terms.box.loss.form: "cube" is none of "linear", "log", "square""#,
      #"r.json:20:63: stages.rpn.terms.box.loss.divisor: "x" is none of "plus_eps", "at_least_eps""#
    ),
    BadRecipe(
      "proposals from a stage that doesn't come before",
      [4: #"      "priors": { "type": "proposal_layer", "stage": "rcnn" },"#],
      #"r.json:2:13: stages: stage rpn: takes its priors from stage "rcnn", which doesn't stand before it"#
    ),
  ]

  /// Parts of a stage that don't go together.
  static let stages = [
    BadRecipe(
      "assigner that reads strides of proposals",
      [4: #"      "priors": "proposals","#, 5: #"      "assigner": "fcos","#],
      #"r.json:5:19: stages.rpn.assigner: "fcos" reads strides, but "proposals" lays no priors on feature maps, which have strides; use points or an anchor grid"#
    )
  ]

  /// Parts of a term that don't go together, or don't exist.
  static let terms = [
    BadRecipe(
      "an assigner of costs without costs", [5: #"      "assigner": "hungarian","#],
      #"r.json:5:19: stages.rpn.assigner: "hungarian" reads costs, but the stage has none; name some under match_costs"#
    ),
    BadRecipe(
      "costs that nobody reads",
      [5: #"      "assigner": "max_iou", "match_costs": { "box": { "cost": "l1" } },"#],
      #"r.json:5:45: stages.rpn.match_costs: "max_iou" reads no costs"#),
    BadRecipe(
      "costs that are none",
      [
        5:
          #"      "assigner": "hungarian", "match_costs": { "a": { "cost": "l2", "weight": "1" }, "b": 1 },"#
      ],
      #"r.json:5:64: stages.rpn.match_costs.a.cost: no match cost is called "l2"; there is \#(names(.cost)); did you mean "l1"?"#,
      "r.json:5:80: stages.rpn.match_costs.a.weight: expected a number, found a string",
      "r.json:5:92: stages.rpn.match_costs.b: expected an object, found an integer"),
    BadRecipe(
      "a sampler of overlaps that the assigner doesn't give",
      [5: #"      "assigner": "atss","#, 6: #"      "sampler": "iou_balanced","#],
      #"r.json:6:18: stages.rpn.sampler: "iou_balanced" reads overlaps, but "atss" gives none"#),
    BadRecipe(
      "a row weight of a quality that the assigner doesn't give",
      [21: #"          "normalizer": "quality","#],
      #"r.json:21:25: stages.rpn.terms.box.normalizer: "quality" reads quality, but "max_iou" gives none"#
    ),
    BadRecipe(
      "target with a near name", [19: #"          "target": "classes","#],
      #"r.json:19:21: stages.rpn.terms.box.target: no target is called "classes"; there is \#(names(.target)); did you mean "class"?"#
    ),
    BadRecipe(
      "target with a far name", [19: #"          "target": "mask","#],
      #"r.json:19:21: stages.rpn.terms.box.target: no target is called "mask"; there is \#(names(.target))"#
    ),
    BadRecipe(
      "weight of positives on rows of background",
      [11: #"          "layout": "n (c a) h w", "row_weight": "centerness","#],
      #"r.json:11:50: stages.rpn.terms.cls.row_weight: "centerness" weighs positives alone, but a class target has rows of background too"#
    ),
    BadRecipe(
      "centerness for a loss of classes",
      [
        19: #"          "target": "centerness","#,
        20: #"          "loss": "softmax_cross_entropy","#,
      ],
      #"r.json:20:19: stages.rpn.terms.box.loss: "softmax_cross_entropy" takes classes; a centerness target needs a loss on numbers"#
    ),
    BadRecipe(
      "centerness for a loss on boxes",
      [19: #"          "target": "centerness","#, 20: #"          "loss": "giou","#],
      #"r.json:19:21: stages.rpn.terms.box.target: "giou" compares boxes; expected decoded_box"#),
    BadRecipe(
      "running mean of images",
      [
        21:
          #"          "normalizer": { "by": "rows", "per": "image", "running_mean": { "initial": 1 } },"#
      ],
      "r.json:21:25: stages.rpn.terms.box.normalizer: a running mean is one of batches; expected per batch"
    ),
    BadRecipe(
      "running mean without a beginning",
      [21: #"          "normalizer": { "by": "rows", "running_mean": { "momentum": 2 } },"#],
      #"r.json:21:57: stages.rpn.terms.box.normalizer.running_mean: key "initial" is missing"#,
      "r.json:21:71: stages.rpn.terms.box.normalizer.running_mean.momentum: is 2; expected 0 … 1"
    ),
    BadRecipe(
      "row weight that doesn't exist",
      [21: #"          "normalizer": { "by": { "type": "centernes" } },"#],
      #"r.json:21:43: stages.rpn.terms.box.normalizer.by.type: no row weight is called "centernes"; there is \#(names(.rowWeight)); did you mean "centerness"?"#
    ),
    BadRecipe(
      "box target for a loss of classes", [20: #"          "loss": "nll","#],
      #"r.json:20:19: stages.rpn.terms.box.loss: "nll" takes classes; a box target needs a loss on numbers"#
    ),
    BadRecipe(
      "box target for a softmax", [20: #"          "loss": "softmax_cross_entropy","#],
      #"r.json:20:19: stages.rpn.terms.box.loss: "softmax_cross_entropy" takes classes; a box target needs a loss on numbers"#
    ),
    BadRecipe(
      "inside weights for a loss that reads more than the difference",
      [20: #"          "loss": "bce_with_logits", "inside_weights": [1, 1, 1, 1],"#],
      #"r.json:20:56: stages.rpn.terms.box.inside_weights: multiply prediction - target, which "bce_with_logits" doesn't read by itself"#
    ),
    BadRecipe(
      "coordinate weights on classes",
      [
        14:
          #"          "normalizer": 1, "inside_weights": [1, 1, 1, 1], "outside_weights": [1, 1, 1, 1]"#
      ],
      "r.json:14:46: stages.rpn.terms.cls.inside_weights: multiply coordinates; expected a box target",
      "r.json:14:79: stages.rpn.terms.cls.outside_weights: weigh coordinates; expected a box target"
    ),
    BadRecipe(
      "boxes without columns", [18: #"          "layout": "n a h w","#],
      "r.json:18:21: stages.rpn.terms.box.layout: has no c, but the loss reads more than one column a row"
    ),
    BadRecipe(
      "softmax without columns", [11: #"          "layout": "n a h w","#],
      "r.json:11:21: stages.rpn.terms.cls.layout: has no c, but the loss reads more than one column a row"
    ),
    BadRecipe(
      "class slots of classes", [11: #"          "layout": "n (k a c) h w","#],
      "r.json:11:21: stages.rpn.terms.cls.layout: has k, class slots, which a box target alone reads"
    ),
  ]

  /// Layouts that can't be read.
  static let layouts = [
    BadRecipe(
      "layout that is too long",
      [18: #"          "layout": "n (a c) h w\#(String(repeating: " ", count: 1_000_000))","#],
      "r.json:18:21: stages.rpn.terms.box.layout: layout: is 1000011 bytes long; expected 256 at most"
    ),
    BadRecipe(
      "layout with an unknown letter", [18: #"          "layout": "n (a c) H w","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n (a c) H w": has the letter "H"; expected n, h, w, a, p, r, c or k"#
    ),
    BadRecipe(
      "layout with a letter twice", [18: #"          "layout": "n (a c a) h w","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n (a c a) h w": has the letter "a" twice"#
    ),
    BadRecipe(
      "layout that doesn't close", [18: #"          "layout": "n h w (a c","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n h w (a c": leaves a bracket open"#),
    BadRecipe(
      "layout that doesn't open", [18: #"          "layout": "n a) h w","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n a) h w": closes a bracket that it didn't open"#
    ),
    BadRecipe(
      "layout with nested brackets", [18: #"          "layout": "n (h (w a)) c","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n (h (w a)) c": has nested brackets"#),
    BadRecipe(
      "layout without a place", [18: #"          "layout": "n c","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n c": doesn't say where the priors lie; expected h and w (with n and a), p (with n), or r alone"#
    ),
    BadRecipe(
      "layout with half a place", [18: #"          "layout": "n (a c) h","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n (a c) h": doesn't say where the priors lie; expected h and w (with n and a), p (with n), or r alone"#
    ),
    BadRecipe(
      "layout with two places", [18: #"          "layout": "n p (a c)","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n p (a c)": doesn't say where the priors lie; expected h and w (with n and a), p (with n), or r alone"#
    ),
    BadRecipe(
      "layout with images beside r", [18: #"          "layout": "n r c","#],
      #"r.json:18:21: stages.rpn.terms.box.layout: layout "n r c": doesn't say where the priors lie; expected h and w (with n and a), p (with n), or r alone"#
    ),
  ]

  /// Normalizers that can't be read.
  static let normalizers = [
    BadRecipe(
      "normalizer with a near name", [21: #"          "normalizer": "positive","#],
      #"r.json:21:25: stages.rpn.terms.box.normalizer: "positive" is unknown; expected one of rows, sampled, positives, positives_and_negatives, cells, weights, \#(plainNames(.rowWeight)); did you mean "positives"?"#
    ),
    BadRecipe(
      "normalizer with a far name", [21: #"          "normalizer": { "by": "batch" },"#],
      #"r.json:21:33: stages.rpn.terms.box.normalizer.by: "batch" is unknown; expected one of rows, sampled, positives, positives_and_negatives, cells, weights, \#(plainNames(.rowWeight))"#
    ),
    BadRecipe(
      "normalizer of the wrong type", [21: #"          "normalizer": ["rows"],"#],
      "r.json:21:25: stages.rpn.terms.box.normalizer: expected a number or one of rows, sampled, positives, positives_and_negatives, cells, weights, \(plainNames(.rowWeight)), found an array"
    ),
    BadRecipe(
      "division by zero", [21: #"          "normalizer": 0,"#],
      "r.json:21:25: stages.rpn.terms.box.normalizer: is 0; expected > 0"),
    BadRecipe(
      "division by a negative constant", [21: #"          "normalizer": { "by": -2.5 },"#],
      "r.json:21:33: stages.rpn.terms.box.normalizer.by: is -2.5; expected > 0"),
    BadRecipe(
      "unknown scope and negative floor",
      [21: #"          "normalizer": { "by": "rows", "per": "imag", "floor": -1 },"#],
      #"r.json:21:48: stages.rpn.terms.box.normalizer.per: "imag" is unknown; expected one of batch, image; did you mean "image"?"#,
      "r.json:21:65: stages.rpn.terms.box.normalizer.floor: is -1; expected ≥ 0"),
  ]

  /// Many errors at once, in the order of the file.
  static let several = [
    BadRecipe(
      "an error on every other line",
      [
        2: #"  "nam": "x", "stages": {"#,
        4: #"      "priors": { "type": "anchor_grid", "stride": 16 },"#,
        5: #"      "assigner": "max_iu","#,
        6: #"      "sampler": { "type": "random", "count": -1 },"#,
        7: "",
        11: #"          "layout": "n (c a h w","#,
        14: #"          "normalizer": { "by": "boxes" }"#,
        20: #"          "loss": { "type": "smooth_l1", "beta": "x" },"#,
        22: #"          "weight": true"#,
      ],
      #"r.json:2:3: nam: unknown key "nam"; expected one of $schema, name, description, extends, plugins, losses, stages; did you mean "name"?"#,
      #"r.json:3:12: stages.rpn: key "coder" is missing"#,
      #"r.json:4:42: stages.rpn.priors.stride: unknown key "stride"; expected one of type, base_size, scales, ratios, strides; did you mean "strides"?"#,
      #"r.json:5:19: stages.rpn.assigner: no assigner is called "max_iu"; there is \#(names(.assigner)); did you mean "max_iou"?"#,
      "r.json:6:47: stages.rpn.sampler.count: is -1; expected ≥ 1",
      #"r.json:11:21: stages.rpn.terms.cls.layout: layout "n (c a h w": leaves a bracket open"#,
      #"r.json:14:33: stages.rpn.terms.cls.normalizer.by: "boxes" is unknown; expected one of rows, sampled, positives, positives_and_negatives, cells, weights, \#(plainNames(.rowWeight))"#,
      #"r.json:20:50: stages.rpn.terms.box.loss.beta: is "x"; expected number"#,
      "r.json:22:21: stages.rpn.terms.box.weight: expected a number, found a boolean")
  ]
}
