import TestSupport

/// The settings that the loss is tried with.
let settings = [
  LossSetting("nll", [:], .logProbabilities, .classes, width: 2),
  LossSetting("nll", ["ignore_index": -1], .logProbabilities, .classes, width: 5),
  LossSetting(
    "nll", ["class_weights": [0.5, 0, 2], "ignore_index": 255], .logProbabilities, .classes),
]
