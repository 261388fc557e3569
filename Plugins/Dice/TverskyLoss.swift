import LossCore
import LossKernels

/// Tversky loss of a row, a set with a share a column: dice with a weight for what is there too much and one for
/// what is missing.
///
/// Salehi et al. 2017: ℓ = 1 − (TP + ε) / (TP + α FP + β FN + ε). With α = β = ½ it is the naive dice loss, with
/// half its ε.
public struct TverskyLoss: DenseLoss {
  static let alpha = Parameter(
    "alpha", .number(.atLeast(0)), default: 0.3, help: "Weight of false positives.")
  static let beta = Parameter(
    "beta", .number(.atLeast(0)), default: 0.7, help: "Weight of false negatives.")
  static let eps = Parameter(
    "eps", .number(.atLeast(1e-30)), default: 1e-3,
    help: "Keeps quotients of empty sets from 0 / 0.")

  public static let declaration = Declaration(
    name: "tversky",
    summary: "Tversky loss of rows: dice that weighs false positives and negatives.",
    formula: """
      l = 1 - (TP + eps) / (TP + alpha FP + beta FN + eps),  p = 1 / (1 + exp(-x))
      TP = sum p t,  FP = sum p (1 - t),  FN = sum (1 - p) t
      """,
    source: "Salehi et al. 2017, arXiv:1706.05721",
    parameters: [alpha, beta, eps, ProbabilityActivation.parameter])

  @usableFromInline
  let alpha: Double
  @usableFromInline
  let beta: Double
  @usableFromInline
  let eps: Double
  @usableFromInline
  let overlap: SetOverlap

  public init(parameters: Parameters) {
    alpha = parameters[Self.alpha]
    beta = parameters[Self.beta]
    eps = parameters[Self.eps]
    overlap = SetOverlap(source: parameters[ProbabilityActivation.parameter])
  }

  public var activation: Activation { overlap.source.activation }
  public var predictionKind: PredictionKind { overlap.source.predictionKind }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    overlap.evaluateTversky(of: &block, alpha: alpha, beta: beta, eps: eps)
  }
}
