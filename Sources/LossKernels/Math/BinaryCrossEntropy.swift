extension FormulaValue {
  /// Binary cross-entropy −[y log p + (1 − y) log(1 − p)] of a probability, with logarithms no lower than −100,
  /// and its derivative (p − y) / max(p (1 − p), 1e-12).
  ///
  /// As `torch.nn.functional.binary_cross_entropy`.
  ///
  /// - Parameters:
  ///   - p: The probability, 0 to 1.
  ///   - y: The target, 0 to 1.
  @inlinable @inline(__always)
  public static func binaryCrossEntropy(
    ofProbability p: Self, against y: Self
  ) -> (value: Self, derivative: Self) {
    let logP = max(.log(p), -100)
    let logNotP = max(.log1p(-p), -100)
    return (
      -(y * logP + (1 - y) * logNotP),
      (p - y) / max(p * (1 - p), 1e-12)
    )
  }
}
