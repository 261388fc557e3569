import TestSupport

extension LossSetting {
  /// The settings that the losses are tried with; each registered loss has some.
  static let all =
    softmaxCrossEntropy + nll + binaryCrossEntropy + focal + distributions + dice + imbalance
    + smoothL1 + boxOverlap + formulas

  private static let formulas = [
    LossSetting(
      "formula",
      ["let": ["u": "(prediction - target)^2"], "value": "u / (sqrt(u + 0.25) + 0.5)"], .logits,
      .coordinates),
    LossSetting(
      "formula",
      [
        "let": ["x": "prediction - target"], "constants": ["delta": 0.75, "half": "delta / 2"],
        "value": "select(abs(x) <= delta, 0.5 * x * x, delta * (abs(x) - half))",
      ], .logits, .coordinates, kinks: [0.75]),
    LossSetting(
      "formula",
      ["value": "target * softplus(-prediction) + (1 - target) * softplus(prediction)"],
      .logits, .probabilities, width: 1),
    LossSetting(
      "formula", ["value": "1 - iou + 0.1 * (hull.area - union) / hull.area"], .boxes, .boxes,
      width: 4),
  ]
  private static let softmaxCrossEntropy = [
    LossSetting("softmax_cross_entropy", [:], .logits, .classes, width: 1),
    LossSetting("softmax_cross_entropy", [:], .logits, .classes, width: 2),
    LossSetting("softmax_cross_entropy", ["ignore_index": -1], .logits, .classes, width: 5),
    LossSetting("softmax_cross_entropy", [:], .logits, .classes, width: 16),
    LossSetting("softmax_cross_entropy", ["ignore_index": 3], .logits, .classes, width: 21),
    LossSetting("softmax_cross_entropy", ["label_smoothing": 0.1], .logits, .classes, width: 33),
    LossSetting("softmax_cross_entropy", ["class_weights": [0.5, 0, 2]], .logits, .classes),
    LossSetting("softmax_cross_entropy", ["label_smoothing": 0.1], .logits, .classes),
    LossSetting(
      "softmax_cross_entropy",
      ["class_weights": [0.5, 1, 2], "label_smoothing": 0.2, "ignore_index": 255], .logits,
      .classes),
    LossSetting("softmax_cross_entropy", [:], .logits, .distributions),
    LossSetting("softmax_cross_entropy", ["class_weights": [0.5, 1, 2]], .logits, .distributions),
    LossSetting("softmax_cross_entropy", ["label_smoothing": 0.1], .logits, .bits),
  ]

  private static let nll = [
    LossSetting("nll", [:], .logProbabilities, .classes, width: 2),
    LossSetting("nll", ["ignore_index": -1], .logProbabilities, .classes, width: 5),
    LossSetting(
      "nll", ["class_weights": [0.5, 0, 2], "ignore_index": 255], .logProbabilities, .classes),
  ]

  private static let binaryCrossEntropy = [
    LossSetting("bce", [:], .probabilities, .bits),
    LossSetting("bce", [:], .probabilities, .probabilities),
    LossSetting("bce_with_logits", [:], .logits, .bits, width: 1),
    LossSetting("bce_with_logits", [:], .logits, .probabilities),
    LossSetting("bce_with_logits", ["pos_weight": 2.5], .logits, .bits),
    LossSetting("bce_with_logits", ["pos_weight": [0.5, 0, 3]], .logits, .probabilities),
  ]

  private static let focal = [
    LossSetting("sigmoid_focal", [:], .logits, .bits),
    LossSetting("sigmoid_focal", [:], .logits, .probabilities, width: 1),
    LossSetting("sigmoid_focal", ["alpha": -1, "gamma": 1.5], .logits, .bits),
    LossSetting("sigmoid_focal", ["alpha": 0.5, "gamma": 0], .logits, .bits, width: 2),
    LossSetting("sigmoid_focal", ["gamma": 0.5], .logits, .bits, width: 4),
    LossSetting("sigmoid_focal", ["activation": "none"], .probabilities, .bits),
    LossSetting(
      "sigmoid_focal", ["activation": "none", "gamma": 1.5], .probabilities, .bits, width: 4),
    LossSetting("softmax_focal", [:], .logits, .classes, width: 2),
    LossSetting("softmax_focal", ["gamma": 0.5], .logits, .classes, width: 5),
    LossSetting("softmax_focal", [:], .logits, .classes, width: 21),
    LossSetting(
      "softmax_focal", ["gamma": 0, "class_weights": [0.5, 0, 2]], .logits, .classes),
    LossSetting("quality_focal", [:], .logits, .bits),
    LossSetting("quality_focal", [:], .logits, .probabilities),
    LossSetting("quality_focal", ["beta": 1.5], .logits, .bits, width: 4),
    LossSetting("quality_focal", ["beta": 2.5], .logits, .probabilities),
    LossSetting("quality_focal", ["activation": "none"], .probabilities, .bits),
    LossSetting("quality_focal", ["activation": "none"], .probabilities, .probabilities),
    LossSetting("varifocal", [:], .logits, .bits),
    LossSetting("varifocal", [:], .logits, .probabilities),
    LossSetting(
      "varifocal", ["alpha": 0.5, "gamma": 1.5, "iou_weighted": false], .logits, .bits, width: 4),
    LossSetting("gaussian_focal", [:], .probabilities, .bits),
    LossSetting("gaussian_focal", [:], .probabilities, .probabilities),
    LossSetting(
      "gaussian_focal", ["alpha": 1.5, "gamma": 2, "pos_weight": 0.5], .probabilities, .bits,
      width: 4),
  ]

  private static let distributions = [
    LossSetting("distribution_focal", [:], .logits, .positions, width: 2),
    LossSetting("distribution_focal", [:], .logits, .positions, width: 17),
    LossSetting("distribution_focal", ["margin": 0], .logits, .positions, width: 5),
    LossSetting("distribution_focal", ["margin": 0.01], .logits, .positions, width: 16),
    LossSetting("multi_positive_cross_entropy", [:], .logits, .bits, width: 1),
    LossSetting("multi_positive_cross_entropy", [:], .logits, .bits, width: 12),
    LossSetting("knowledge_distillation", [:], .logits, .coordinates, width: 17),
    LossSetting("knowledge_distillation", ["temperature": 1], .logits, .coordinates),
  ]

  private static let dice = [
    LossSetting("dice", [:], .logits, .bits, width: 20),
    LossSetting("dice", [:], .logits, .probabilities),
    LossSetting("dice", ["naive": true], .logits, .bits, width: 20),
    LossSetting("dice", ["activation": "none"], .probabilities, .bits, width: 5),
    LossSetting("tversky", [:], .logits, .bits, width: 20),
    LossSetting("tversky", ["alpha": 0.6, "beta": 0.3], .logits, .probabilities),
    LossSetting("tversky", ["activation": "none"], .probabilities, .bits, width: 5),
  ]

  private static let imbalance = [
    // Odd numbers of bins: a probability next to 1/2 lies on one side of an edge there or the other, by precision.
    LossSetting("ghm_c", ["bins": 9], .logits, .bits),
    LossSetting("ghm_c", ["bins": 31, "momentum": 0.75], .logits, .probabilities, width: 5),
    LossSetting("ghm_r", [:], .logits, .coordinates, width: 4),
    LossSetting("ghm_r", ["mu": 1.5, "bins": 7, "momentum": 0.5], .logits, .coordinates, width: 4),
    LossSetting("seesaw", [:], .logits, .classes, width: 5),
    LossSetting("seesaw", ["q": 0], .logits, .classes, width: 3),
    LossSetting("seesaw", ["p": 2, "q": 0], .logits, .classes, width: 8),
    LossSetting("equalization_v2", [:], .logits, .classes, width: 2),
    LossSetting("equalization_v2", ["mu": 0.1, "gamma": 2], .logits, .classes, width: 9),
  ]

  private static let smoothL1 = [
    LossSetting("smooth_l1", [:], .logits, .coordinates, width: 4, kinks: [1]),
    LossSetting("smooth_l1", ["beta": 0], .logits, .coordinates, width: 4, kinks: [0]),
    LossSetting("smooth_l1", ["beta": 0.5], .logits, .coordinates, width: 4, kinks: [0.5]),
    LossSetting("smooth_l1", ["sigma": 3], .logits, .coordinates, width: 4, kinks: [1.0 / 9]),
    LossSetting("huber", [:], .logits, .coordinates, width: 4, kinks: [1]),
    LossSetting("huber", ["delta": 2.5], .logits, .coordinates, width: 4, kinks: [2.5]),
    LossSetting("l1", [:], .logits, .coordinates, width: 4, kinks: [0]),
    LossSetting("l2", [:], .logits, .coordinates, width: 4),
    LossSetting("balanced_l1", [:], .logits, .coordinates, width: 4, kinks: [1]),
    LossSetting(
      "balanced_l1", ["alpha": 0.25, "beta": 0.5], .logits, .coordinates, width: 4,
      kinks: [0, 0.5]),
  ]

  private static let boxOverlap = [
    LossSetting("iou", [:], .boxes, .boxes, width: 4),
    LossSetting("iou", ["form": "log"], .boxes, .boxes, width: 4),
    LossSetting("iou", ["form": "square", "divisor": "at_least_eps"], .boxes, .boxes, width: 4),
    LossSetting("giou", [:], .boxes, .boxes, width: 4),
    LossSetting("giou", ["divisor": "at_least_eps", "eps": 1e-6], .boxes, .boxes, width: 4),
    LossSetting("giou", ["eps": 0.01], .boxes, .boxes, width: 4),
    LossSetting("diou", [:], .boxes, .boxes, width: 4),
    LossSetting("ciou", [:], .boxes, .boxes, width: 4),
    LossSetting("ciou", ["convention": "mmdetection"], .boxes, .boxes, width: 4),
    LossSetting("ciou", ["convention": "ultralytics"], .boxes, .boxes, width: 4),
    LossSetting("eiou", [:], .boxes, .boxes, width: 4),
    LossSetting("siou", [:], .boxes, .boxes, width: 4),
    LossSetting("siou", ["neg_gamma": false], .boxes, .boxes, width: 4),
    LossSetting("bounded_iou", [:], .boxes, .boxes, width: 4),
    LossSetting("mpdiou", ["image_size": [80, 60]], .boxes, .boxes, width: 4),
    LossSetting("nwd", [:], .boxes, .boxes, width: 4),
    LossSetting("box_l1", [:], .boxes, .boxes, width: 4),
  ]
}
