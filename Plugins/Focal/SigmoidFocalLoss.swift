import LossCore
import LossKernels

/// Focal loss on logits: ℓ = aᵧ mᵞ BCE(x, y), with the probability m of the wrong answer.
///
/// Lin et al. 2017, by which RetinaNet learns from every anchor: a prior that is classified well counts
/// little. With y = 1, m is σ(−x) and a is α; with y = 0 they are σ(x) and 1 − α; between, both are mixed as
/// BCE is. The factor mᵞ is differentiated too. As `torchvision.ops.sigmoid_focal_loss`.
public struct SigmoidFocalLoss: ElementwiseLoss {
  static let alpha = Parameter(
    "alpha", .number(.between(-1, 1)), default: 0.25,
    help: "Weight of positives against 1 - alpha of negatives; below 0 both weigh 1.")
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 2, help: "How fast the weight of sure rows falls.")

  public static let declaration = Declaration(
    name: "sigmoid_focal",
    summary: "Focal loss on logits: rows that are classified well count little.",
    formula: """
      l = a m^gamma (y log(1 + exp(-x)) + (1 - y) log(1 + exp(x)))
      m = y s(-x) + (1 - y) s(x),  s(x) = 1 / (1 + exp(-x))
      a = alpha y + (1 - alpha) (1 - y), or 1 if alpha < 0
      """,
    source: "Lin et al. 2017, arXiv:1708.02002; torchvision.ops.sigmoid_focal_loss",
    parameters: [alpha, gamma])

  @usableFromInline
  let weights: (positive: Double, negative: Double)
  @usableFromInline
  let gamma: Double

  public init(parameters: Parameters) {
    let alpha = parameters[Self.alpha]
    weights = alpha < 0 ? (1, 1) : (alpha, 1 - alpha)
    gamma = parameters[Self.gamma]
  }

  public var activation: Activation { .sigmoid }

  // By hand: the chain rule of dual numbers would take half as long again.
  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let (x, y, rest) = (prediction, target, 1 - target)
    let (right, wrong) = (Value.sigmoid(x), Value.sigmoid(-x))
    let missed = y * wrong + rest * right
    let missedDerivative = (rest - y) * right * wrong
    let crossEntropy = y * .softplus(-x) + rest * .softplus(x)
    let crossEntropyDerivative = rest * right - y * wrong
    let balance = y * Value(weights.positive) + rest * Value(weights.negative)
    // The paper's gamma needs no logarithm.
    guard gamma != 2 else {
      let factor = balance * missed
      return (
        factor * missed * crossEntropy,
        factor * (2 * missedDerivative * crossEntropy + missed * crossEntropyDerivative)
      )
    }
    let modulation = balance * .pow(missed, Value(gamma))
    // Where nothing is missed the modulation is 0 too, or gamma.
    let logarithmDerivative =
      Value(gamma) * missedDerivative / .max(missed, Value(Double(Float.leastNormalMagnitude)))
    return (
      modulation * crossEntropy,
      modulation * (logarithmDerivative * crossEntropy + crossEntropyDerivative)
    )
  }
}
