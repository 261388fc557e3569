import LossKernels

/// A loss of a predicted box against a box; its author writes the value as a formula over the
/// coordinates of both, and the gradient by the predicted ones is derived from it.
///
/// Rows are x1, y1, x2, y2, and have one value each. Sides may be 0; a box with a negative side is
/// refused. In a recipe the predictions are deltas as a rule: a term with the target `decoded_box`
/// decodes them first (``BoxDecoding``).
public protocol BoxPairLoss: DenseLoss {
  /// The loss of one pair of boxes.
  func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value
}

extension BoxPairLoss {
  /// Boxes.
  public var predictionKind: PredictionKind { .boxes }

  /// The four coordinates of a box.
  public func columns(classes: Int) -> Int { 4 }

  /// Checks that the rows are boxes.
  public func check(width: Int) throws(InputError) {
    guard width != 4 else { return }
    throw InputError(
      Self.declaration.name, "scores boxes of 4 coordinates; the rows have \(width) columns")
  }

  /// Scores each pair of boxes of the block by the formula.
  @inlinable @inline(__always)
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    _ = try scoreBlock(
      predictions, against: targets, width: width, weights: Span(), scale: 1, values: &values,
      gradient: &gradient)
  }

  /// Scores each pair of boxes of the block by the formula, weighs and adds up in one pass.
  @inlinable @inline(__always)
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    try checkBoxes(predictions, "predicted")
    try checkBoxes(targets, "target")
    return scoreBoxPairs(
      predictions, against: targets, weights: weights, scale: scale, values: &values,
      gradient: &gradient
    ) { loss($0, against: $1) }
  }

  @usableFromInline
  func checkBoxes<Scalar: RealScalar>(_ boxes: Span<Scalar>, _ name: String) throws(InputError) {
    guard let row = firstInvertedBox(boxes) else { return }
    let box = (4 * row..<4 * row + 4).map { "\(boxes[$0])" }.joined(separator: ", ")
    throw InputError(
      "\(name) boxes", rows: row..<row + 1,
      "[\(box)] has a negative side; expected x1, y1, x2, y2 with x1 ≤ x2, y1 ≤ y2")
  }
}
