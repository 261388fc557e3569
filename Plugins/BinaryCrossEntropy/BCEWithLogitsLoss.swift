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
    let weights = positiveWeights.map { Scalar($0) }
    var column = 0
    for index in predictions.indices {
      let weight = weights[weights.count == 1 ? 0 : column]
      let (value, slope) = score(predictions[index], against: targets[index], weight: weight)
      values[index] = value
      if !gradient.isEmpty { gradient[index] = slope }
      column = column + 1 == width ? 0 : column + 1
    }
  }

  /// Scores one logit. With e = exp(−|x|) nothing overflows, and both terms are positive sums.
  @inline(__always)
  private func score<Scalar: RealScalar>(
    _ x: Scalar, against y: Scalar, weight: Scalar
  ) -> (value: Scalar, slope: Scalar) {
    let e = Scalar.exp(-abs(x))
    let logOnePlusE = Scalar.log1p(e)
    let large = 1 / (1 + e)
    let small = e / (1 + e)
    let positive = weight * y
    let negative = 1 - y
    return (
      positive * (max(-x, 0) + logOnePlusE) + negative * (max(x, 0) + logOnePlusE),
      x < 0 ? negative * small - positive * large : negative * large - positive * small
    )
  }
}
