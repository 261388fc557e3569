import LossCore
import LossKernels

/// Dice loss of a row, a set with a share a column: 1 − 2 Σ p t / (Σ p² + Σ t² + 2 ε).
///
/// Milletari et al. 2016 (V-Net); `naive` has first powers in the divisor. As `DiceLoss` of mmdetection in both
/// forms.
public struct DiceLoss: DenseLoss {
  static let naive = Parameter(
    "naive", .boolean, default: false, help: "Whether the divisor has first powers.")
  static let eps = Parameter(
    "eps", .number(.atLeast(1e-30)), default: 1e-3,
    help: "Keeps quotients of empty sets from 0 / 0.")

  public static let declaration = Declaration(
    name: "dice",
    summary: "Dice loss of rows: how little two sets share; targets are numbers from 0 to 1.",
    formula: """
      l = 1 - 2 sum p t / (sum p^2 + sum t^2 + 2 eps),  p = 1 / (1 + exp(-x))
      naive: l = 1 - (2 sum p t + eps) / (sum p + sum t + eps)
      """,
    source: "Milletari et al. 2016, arXiv:1606.04797; DiceLoss of mmdetection",
    parameters: [naive, eps, ProbabilityActivation.parameter])

  private let isNaive: Bool
  private let eps: Double
  private let overlap: SetOverlap

  public init(parameters: Parameters) {
    isNaive = parameters[Self.naive]
    eps = parameters[Self.eps]
    overlap = SetOverlap(source: parameters[ProbabilityActivation.parameter])
  }

  public var activation: Activation { overlap.source.activation }
  public var predictionKind: PredictionKind { overlap.source.predictionKind }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    evaluateRows(of: &block)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func evaluateRows<Scalar: RealScalar>(of block: inout LossBlock<Scalar>) {
    guard !isNaive else {
      return overlap.evaluateTversky(of: &block, alpha: 0.5, beta: 0.5, eps: eps / 2)
    }
    overlap.evaluateRows(of: &block) { elements in
      let all = elements.reduce(2 * eps) { $0 + $1.p * $1.p + $1.t * $1.t }
      let rest = elements.reduce(0) { $0 + 2 * $1.p * $1.t } / all
      // Σ p² + Σ t² − 2 Σ p t as a sum of squares, without the difference of two equals.
      let loss =
        elements.reduce(2 * eps) { sum, element in
          let distance = element.p * (1 - element.t) - element.t * element.rest
          return sum + distance * distance
        } / all
      return (
        loss,
        { 2 * ((1 - $0.t) * $0.p * rest - $0.t * ($0.rest + $0.p * loss)) / all }
      )
    }
  }
}
