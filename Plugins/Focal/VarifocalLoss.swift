import LossCore
import LossKernels

/// Varifocal loss on logits: ℓ = q BCE(x, q) where the target q is above 0, else α σ(x)ᵞ BCE(x, 0).
///
/// Zhang et al. 2021, by which VFNet learns the IoU of a box in the column of its class: negatives count less
/// the better they are classified, positives more the better their box is. Nothing is detached. As
/// `VarifocalLoss` of mmdetection.
public struct VarifocalLoss: ElementwiseLoss {
  static let alpha = Parameter(
    "alpha", .number(.atLeast(0)), default: 0.75, help: "Weight of negatives.")
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 2, help: "How fast the weight of sure negatives falls.")
  static let iouWeighted = Parameter(
    "iou_weighted", .boolean, default: true,
    help: "Whether a positive is weighed by its target; else by 1.")

  public static let declaration = Declaration(
    name: "varifocal",
    summary: "Varifocal loss on logits: positives weigh as much as their soft target.",
    formula: """
      q > 0: l = q (q log(1 + exp(-x)) + (1 - q) log(1 + exp(x))), without the first q if not iou_weighted
      else:  l = alpha s(x)^gamma log(1 + exp(x)),  s(x) = 1 / (1 + exp(-x))
      """,
    source: "Zhang et al. 2021, arXiv:2008.13367; VarifocalLoss of mmdetection",
    parameters: [alpha, gamma, iouWeighted])

  @usableFromInline
  let alpha: Double
  @usableFromInline
  let gamma: Double
  @usableFromInline
  let isIoUWeighted: Bool

  public init(parameters: Parameters) {
    alpha = parameters[Self.alpha]
    gamma = parameters[Self.gamma]
    isIoUWeighted = parameters[Self.iouWeighted]
  }

  public var activation: Activation { .sigmoid }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let isPositive = target > 0
    let prediction = FocalPrediction(
      logit: prediction, target: .select(isPositive, target, else: 0))
    let missed = prediction.missed
    let modulation = Value.power(missed.value, gamma)
    let alpha = Value(alpha)
    return prediction.weighed(
      by: (
        .select(isPositive, isIoUWeighted ? target : 1, else: alpha * modulation.value),
        .select(isPositive, 0, else: alpha * modulation.derivative * missed.derivative)
      ))
  }
}
