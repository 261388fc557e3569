import LossCore
import LossKernels

/// Focal loss on logits: ℓ = aᵧ mᵞ BCE(x, y), with the probability m of the wrong answer.
///
/// Lin et al. 2017, by which RetinaNet learns from every anchor: a prior that is classified well counts
/// little. With y = 1, m is σ(−x) and a is α; with y = 0 they are σ(x) and 1 − α; between, both are mixed as
/// BCE is. The factor mᵞ is differentiated too. As `torchvision.ops.sigmoid_focal_loss`.
public struct SigmoidFocalLoss: FormulaLoss {
  /// Name, formula and parameters.
  public static let declaration = Declaration(
    name: "sigmoid_focal",
    summary: "Focal loss on logits: rows that are classified well count little.",
    formula: """
      l = a m^gamma (y log(1 + exp(-x)) + (1 - y) log(1 + exp(x)))
      m = y s(-x) + (1 - y) s(x),  s(x) = 1 / (1 + exp(-x))
      a = alpha y + (1 - alpha) (1 - y), or 1 if alpha < 0
      """,
    source: "Lin et al. 2017, arXiv:1708.02002; torchvision.ops.sigmoid_focal_loss",
    parameters: [
      .number(
        "alpha", default: 0.25, .between(-1, 1),
        "Weight of positives against 1 - alpha of negatives; below 0 both weigh 1."),
      .number("gamma", default: 2, .atLeast(0), "How fast the weight of sure rows falls."),
    ])

  @usableFromInline
  let weights: (positive: Double, negative: Double)
  @usableFromInline
  let gamma: Double

  /// Makes the loss from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    let alpha = try parameters.number("alpha")
    weights = alpha < 0 ? (1, 1) : (alpha, 1 - alpha)
    gamma = try parameters.number("gamma")
  }

  /// Sigmoid.
  public var activation: Activation { .sigmoid }

  /// The loss of one logit.
  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let x = prediction
    let missed = target * .sigmoid(-x) + (1 - target) * .sigmoid(x)
    let crossEntropy = target * .softplus(-x) + (1 - target) * .softplus(x)
    let balance = target * Value(weights.positive) + (1 - target) * Value(weights.negative)
    // The paper's gamma needs no logarithm.
    let modulation = gamma == 2 ? missed * missed : .pow(missed, Value(gamma))
    return balance * modulation * crossEntropy
  }
}
