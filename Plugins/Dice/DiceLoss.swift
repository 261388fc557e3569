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

  @usableFromInline
  let isNaive: Bool
  @usableFromInline
  let eps: Double
  @usableFromInline
  let overlap: SetOverlap

  public init(parameters: Parameters) {
    isNaive = parameters[Self.naive]
    eps = parameters[Self.eps]
    overlap = SetOverlap(source: parameters[ProbabilityActivation.parameter])
  }

  public var activation: Activation { overlap.source.activation }
  public var predictionKind: PredictionKind { overlap.source.predictionKind }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    guard !isNaive else {
      return overlap.evaluateTversky(of: &block, alpha: 0.5, beta: 0.5, eps: eps / 2)
    }
    overlap.evaluateRows(of: &block) { sum in
      let all = 2 * eps + sum { $0.p * $0.p + $0.t * $0.t }
      let rest = sum { 2 * $0.p * $0.t } / all
      // Σ p² + Σ t² − 2 Σ p t as a sum of squares, without the difference of two equals.
      let distances = sum { element in
        let distance = element.p * (1 - element.t) - element.t * element.rest
        return distance * distance
      }
      let loss = (2 * eps + distances) / all
      return (loss, (scale: 2 / all, rest: rest, loss: loss))
    } derivative: { element, row in
      let missed = element.t * (element.rest + element.p * DoubleVector(row.loss))
      return DoubleVector(row.scale)
        * ((1 - element.t) * element.p * DoubleVector(row.rest) - missed)
    }
  }
}
