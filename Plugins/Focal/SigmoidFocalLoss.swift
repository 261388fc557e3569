import LossCore
import LossKernels

/// Focal loss on logits: ℓ = aᵧ mᵞ BCE(x, y), with the probability m of the wrong answer.
///
/// Lin et al. 2017, by which RetinaNet learns from every anchor: a prior that is classified well counts
/// little. With y = 1, m is σ(−x) and a is α; with y = 0 they are σ(x) and 1 − α; between, both are mixed as
/// BCE is. The factor mᵞ is differentiated too. As `torchvision.ops.sigmoid_focal_loss`; on probabilities as
/// `FocalLoss` of mmdetection.
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
      activation none: s(x) = x, and in place of the bracket that of bce
      """,
    source: "Lin et al. 2017, arXiv:1708.02002; torchvision.ops.sigmoid_focal_loss; FocalLoss of "
      + "mmdetection (on probabilities)",
    parameters: [alpha, gamma, ProbabilityActivation.parameter])

  @usableFromInline
  let weights: (positive: Double, negative: Double)
  @usableFromInline
  let gamma: Double
  @usableFromInline
  let readsLogits: Bool
  private let kind: ProbabilityActivation

  public init(parameters: Parameters) {
    let alpha = parameters[Self.alpha]
    weights = alpha < 0 ? (1, 1) : (alpha, 1 - alpha)
    gamma = parameters[Self.gamma]
    kind = parameters[ProbabilityActivation.parameter]
    readsLogits = kind == .sigmoid
  }

  public var activation: Activation { kind.activation }
  public var predictionKind: PredictionKind { kind.predictionKind }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let balance = target * Value(weights.positive) + (1 - target) * Value(weights.negative)
    return readsLogits
      ? loss(FocalPrediction(logit: prediction, target: target), balance)
      : loss(FocalPrediction(probability: prediction, target: target), balance)
  }

  @_alwaysEmitIntoClient @inline(__always)
  func loss<Value: FormulaValue>(
    _ prediction: FocalPrediction<Value>, _ balance: Value
  ) -> (value: Value, derivative: Value) {
    let missed = prediction.missed
    let modulation = Value.power(missed.value, gamma)
    return prediction.weighed(
      by: (balance * modulation.value, balance * modulation.derivative * missed.derivative))
  }
}
