import LossCore
import LossKernels

/// How much the focal loss would fall if a prior's class were right instead of wrong.
public struct FocalCost: MatchCost {
  static let alpha = Parameter(
    "alpha", .number(.between(0, 1)), default: 0.25, help: "Weight of the right class.")
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 2, help: "How fast sure predictions stop counting.")
  static let eps = Parameter(
    "eps", .number(.above(0)), default: 1e-12,
    help: "Added to probabilities before their logarithm: 1e-8 in Deformable DETR.")

  public static let declaration = Declaration(
    name: "focal",
    summary: "The focal loss of the ground truth's class, less that of its absence.",
    formula: """
      -alpha (1 - p)^gamma log(p + eps) + (1 - alpha) p^gamma log(1 - p + eps)
      p: the predicted probability of the ground truth's class
      """,
    source: "Zhu et al. 2021, arXiv:2010.04159; FocalLossCost of mmdetection",
    parameters: [alpha, gamma, eps])

  private let alpha: Float
  private let gamma: Float
  private let eps: Float

  public init(parameters: Parameters) {
    alpha = Float(parameters[Self.alpha])
    gamma = Float(parameters[Self.gamma])
    eps = Float(parameters[Self.eps])
  }

  public var reads: Set<StageInput> { [.scores] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    let alpha = FloatVector(repeating: alpha)
    let gamma = FloatVector(repeating: gamma)
    let eps = FloatVector(repeating: eps)
    return request.evaluate(scoresOf: priors, with: object) { p in
      let right = -FloatVector.log(p + eps) * alpha * .pow(1 - p, gamma)
      let wrong = -FloatVector.log(1 - p + eps) * (1 - alpha) * .pow(p, gamma)
      return right - wrong
    }
  }
}
