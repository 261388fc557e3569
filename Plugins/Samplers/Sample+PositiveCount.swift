import LossCore

extension Sample {
  /// How many of the positives a draw takes: ⌊count · fraction⌋, or all where there are fewer.
  func positiveCount(count: Int, fraction: Double) -> Int {
    // Compared as a Double: a huge count times 1 fits no Int.
    Int(min(Double(count) * fraction, Double(positives.count)))
  }
}
