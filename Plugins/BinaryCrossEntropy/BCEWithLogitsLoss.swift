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

  private let positiveWeights: [Double]

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
    guard positiveWeights.count == 1 else {
      for index in predictions.indices {
        let (value, slope) = score(
          predictions[index], against: targets[index], weight: positiveWeights[index % width])
        values[index] = value
        if !gradient.isEmpty { gradient[index] = slope }
      }
      return
    }
    let weight = positiveWeights[0]
    scoreElements(
      predictions, against: targets, values: &values, gradient: &gradient,
      { score($0, against: $1, weight: weight) }, { score($0, against: $1, weight: weight) })
  }

  /// Scores one logit: w y log(1 + e⁻ˣ) + (1 − y) log(1 + eˣ).
  @inline(__always)
  private func score<Value: FormulaValue>(
    _ x: Value, against y: Value, weight: Double
  ) -> (value: Value, slope: Value) {
    differentiate(at: x) { x in
      Dual(Value(weight) * y) * .softplus(-x) + Dual(1 - y) * .softplus(x)
    }
  }
}
