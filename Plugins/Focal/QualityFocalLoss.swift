import LossCore
import LossKernels

/// Quality focal loss: ℓ = |y − p|ᵝ BCE(p, y), with the probability p = σ(x) and a soft target y.
///
/// Li et al. 2020, by which GFL learns the class and the quality of a box as one number: y is the IoU in the
/// column of the class and 0 in the others. The factor is differentiated too. As `QualityFocalLoss` of
/// mmdetection, which adds up the columns of a row.
public struct QualityFocalLoss: ElementwiseLoss {
  static let beta = Parameter(
    "beta", .number(.atLeast(0)), default: 2,
    help: "How fast the weight of what is near its target falls.")

  public static let declaration = Declaration(
    name: "quality_focal",
    summary: "Quality focal loss; targets are soft, such as an IoU in the column of the class.",
    formula: """
      l = |y - p|^beta BCE(p, y)
      BCE(p, y) = -[y log p + (1 - y) log(1 - p)],  p = 1 / (1 + exp(-x))
      activation none: p = x; logarithms of at least -100, dBCE/dp = (p - y) / max(p (1 - p), 1e-12)
      """,
    source: "Li et al. 2020, arXiv:2006.04388; QualityFocalLoss of mmdetection",
    parameters: [beta, ProbabilityActivation.parameter])

  @usableFromInline
  let beta: Double
  @usableFromInline
  let readsLogits: Bool
  private let kind: ProbabilityActivation

  public init(parameters: Parameters) {
    beta = parameters[Self.beta]
    kind = parameters[ProbabilityActivation.parameter]
    readsLogits = kind == .sigmoid
  }

  public var activation: Activation { kind.activation }
  public var predictionKind: PredictionKind { kind.predictionKind }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    readsLogits
      ? loss(FocalPrediction(logit: prediction, target: target))
      : loss(FocalPrediction(probability: prediction, target: target))
  }

  @_alwaysEmitIntoClient @inline(__always)
  func loss<Value: FormulaValue>(
    _ prediction: FocalPrediction<Value>
  ) -> (value: Value, derivative: Value) {
    prediction.weighed(by: Value.power(prediction.probability - prediction.target, beta))
  }
}
