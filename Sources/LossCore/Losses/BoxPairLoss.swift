import LossKernels

/// A loss of a predicted box against a box; its author writes the value as a formula over the
/// coordinates of both, and the gradient by the predicted ones is derived from it.
///
/// Rows are x1, y1, x2, y2, and have one value each. Sides may be 0; a target with a negative side is
/// refused, and a prediction with one, as deltas may lead to, is what the formula makes of it. In a recipe the
/// predictions are deltas as a rule: a term with the target `decoded_box` decodes them first
/// (``BoxDecoding``).
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
  public func check(width: Int) throws(InputError) { try checkBoxes(width: width) }

  /// Evaluates each pair of boxes of the block by the formula, which isn't compiled into it.
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    try evaluateBoxPairs(&block)
  }

  @_alwaysEmitIntoClient @inline(__always)
  func evaluateBoxPairs<Scalar: RealScalar>(
    _ block: inout LossBlock<Scalar>
  ) throws(InputError) {
    guard block.evaluateBoxPairs({ loss($0, against: $1) }) else {
      return try refuseInvertedTarget(of: block)
    }
  }
}

// What all losses whose rows are boxes refuse.

extension DenseLoss {
  package func checkBoxes(width: Int) throws(InputError) {
    guard width != 4 else { return }
    throw InputError(
      declaration.name, "compares boxes of 4 coordinates; the rows have \(width) columns")
  }

  @usableFromInline
  package func refuseInvertedTarget<Scalar: RealScalar>(of block: borrowing LossBlock<Scalar>)
    throws(InputError)
  {
    guard let inverted = block.firstInvertedTarget() else { return }
    let box = inverted.box.map { "\($0)" }.joined(separator: ", ")
    throw InputError(
      "target boxes", rows: inverted.row..<inverted.row + 1,
      "[\(box)] has a negative side; expected x1, y1, x2, y2 with x1 ≤ x2, y1 ≤ y2")
  }
}

// The formula compiled for a scalar type and an instruction set; see ``BlockFormula``.

extension BoxPairLoss {
  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var floatFunction: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluateBoxPairs(&block) }
  }

  /// The formula, compiled where its type is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var doubleFunction: BlockFunction<Double> {
    { block throws(InputError) in try self.evaluateBoxPairs(&block) }
  }
}

extension AVX2Formula where Self: BoxPairLoss {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx2Function: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluateBoxPairs(&block) }
  }
}

extension AVX512Formula where Self: BoxPairLoss {
  /// The formula, compiled where this conformance is declared.
  @_alwaysEmitIntoClient @inline(never)
  public var avx512Function: BlockFunction<Float> {
    { block throws(InputError) in try self.evaluateBoxPairs(&block) }
  }
}
