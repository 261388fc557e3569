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
  public var evaluatesElements: Bool { true }

  /// Checks that there is one weight for all columns or one for each.
  public func check(width: Int) throws(InputError) {
    guard positiveWeights.count != 1, positiveWeights.count != width else { return }
    throw InputError("pos_weight", "has \(positiveWeights.count) weights for \(width) columns")
  }

  /// Evaluates each logit against a probability.
  @inlinable @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.evaluateElements(columns: positiveWeights) { x, y, weight in
      differentiate(at: x) { x in
        Dual(weight * y) * .softplus(-x) + Dual(1 - y) * .softplus(x)
      }
    }
  }
}
