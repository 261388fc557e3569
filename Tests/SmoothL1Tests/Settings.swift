import TestSupport

/// The settings that the losses are tried with.
let settings = [
  LossSetting("smooth_l1", [:], .logits, .coordinates, width: 4, kinks: [1]),
  LossSetting("smooth_l1", ["beta": 0], .logits, .coordinates, width: 4, kinks: [0]),
  LossSetting("smooth_l1", ["beta": 0.5], .logits, .coordinates, width: 4, kinks: [0.5]),
  LossSetting("smooth_l1", ["sigma": 3], .logits, .coordinates, width: 4, kinks: [1.0 / 9]),
  LossSetting("huber", [:], .logits, .coordinates, width: 4, kinks: [1]),
  LossSetting("huber", ["delta": 2.5], .logits, .coordinates, width: 4, kinks: [2.5]),
  LossSetting("l1", [:], .logits, .coordinates, width: 4, kinks: [0]),
  LossSetting("l2", [:], .logits, .coordinates, width: 4),
]
