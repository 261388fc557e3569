import TestSupport

private let name = "softmax_cross_entropy"

/// The settings that the loss is tried with.
let settings = [
  LossSetting(name, [:], .logits, .classes, width: 1),
  LossSetting(name, [:], .logits, .classes, width: 2),
  LossSetting(name, ["ignore_index": -1], .logits, .classes, width: 5),
  LossSetting(name, ["class_weights": [0.5, 0, 2]], .logits, .classes),
  LossSetting(name, ["label_smoothing": 0.1], .logits, .classes),
  LossSetting(
    name, ["class_weights": [0.5, 1, 2], "label_smoothing": 0.2, "ignore_index": 255], .logits,
    .classes),
  LossSetting(name, [:], .logits, .distributions),
  LossSetting(name, ["class_weights": [0.5, 1, 2]], .logits, .distributions),
  LossSetting(name, ["label_smoothing": 0.1], .logits, .bits),
]
