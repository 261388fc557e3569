import TestSupport

/// The settings that the losses are tried with.
let settings = [
  LossSetting("bce", [:], .probabilities, .bits),
  LossSetting("bce", [:], .probabilities, .probabilities),
  LossSetting("bce_with_logits", [:], .logits, .bits, width: 1),
  LossSetting("bce_with_logits", [:], .logits, .probabilities),
  LossSetting("bce_with_logits", ["pos_weight": 2.5], .logits, .bits),
  LossSetting("bce_with_logits", ["pos_weight": [0.5, 0, 3]], .logits, .probabilities),
]
