import LossCore
import LossKernels

/// Binary cross-entropy on logits: ℓ = w y log(1 + e⁻ˣ) + (1 − y) log(1 + eˣ), w = `pos_weight`.
///
/// As `torch.nn.functional.binary_cross_entropy_with_logits`.
public struct BCEWithLogitsLoss: DenseLoss {
  /// Name, formula and parameters.
  public static let declaration = Declaration(
    name: "bce_with_logits",
    summary: "Binary cross-entropy on logits; targets are numbers from 0 to 1.",
    formula: """
      l = pos_weight y log(1 + exp(-x)) + (1 - y) log(1 + exp(x))
      dl/dx = (1 - y) s(x) - pos_weight y s(-x),  s(x) = 1 / (1 + exp(-x))
      """,
    source: "torch.nn.functional.binary_cross_entropy_with_logits",
    parameters: [
      .numbers(
        "pos_weight", default: 1, .atLeast(0),
        "Weight of the positive part: one number, or one a column.")
    ])

  @usableFromInline
  let positiveWeights: [Double]

  /// Makes the loss from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    positiveWeights = try parameters.numbers("pos_weight")
  }

  /// Sigmoid.
  public var activation: Activation { .sigmoid }
  /// Each element has a value of its own.
  public var scoresElements: Bool { true }

  /// Checks that there is one weight for all columns or one for each.
  public func check(width: Int) throws(InputError) {
    guard positiveWeights.count != 1, positiveWeights.count != width else { return }
    throw InputError("pos_weight", "has \(positiveWeights.count) weights for \(width) columns")
  }

  /// Scores rows against rows of probabilities.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    for index in predictions.indices {
      let weight = positiveWeights[positiveWeights.count == 1 ? 0 : index % width]
      let (value, slope) = score(predictions[index], against: targets[index], weight: weight)
      values[index] = value
      if !gradient.isEmpty { gradient[index] = slope }
    }
  }

  /// Scores rows against rows of probabilities, in one pass where all columns have one weight.
  @inlinable @inline(__always)
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    guard positiveWeights.count == 1 else {
      return try scoreColumns(
        predictions, against: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    let positiveWeight = positiveWeights[0]
    return scoreElements(
      predictions, against: targets, weights: weights, scale: scale, values: &values,
      gradient: &gradient
    ) { score($0, against: $1, weight: positiveWeight) }
  }

  /// Scores rows in which each column has a weight of its own.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func scoreColumns<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    guard areFinite(targets) else { return BlockSum(value: 0, isFinite: false) }
    return try weighBlock(
      predictions, valueCount: predictions.count, weights: weights, scale: scale,
      values: &values, gradient: &gradient
    ) { values, gradient throws(InputError) in
      try score(predictions, against: targets, width: width, values: &values, gradient: &gradient)
    }
  }

  /// Scores one logit: w y log(1 + e⁻ˣ) + (1 − y) log(1 + eˣ).
  @inlinable @inline(__always)
  func score<Value: FormulaValue>(
    _ x: Value, against y: Value, weight: Double
  ) -> (value: Value, slope: Value) {
    differentiate(at: x) { x in
      Dual(Value(weight) * y) * .softplus(-x) + Dual(1 - y) * .softplus(x)
    }
  }
}
