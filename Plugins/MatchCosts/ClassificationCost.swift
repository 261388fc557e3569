import LossCore

/// −p, the probability of the ground truth's class.
public struct ClassificationCost: MatchCost {
  public static let declaration = Declaration(
    name: "classification",
    summary: "The less probable the ground truth's class, the dearer.",
    formula: "-p   p: the predicted probability of the ground truth's class",
    source: "Carion et al. 2020, arXiv:2005.12872; ClassificationCost of mmdetection")

  public init(parameters: Parameters) {}

  public var reads: Set<StageInput> { [.scores] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    request.scores(of: priors, with: object).map { -$0 }
  }
}
