import LossCore
import LossKernels

/// Matches each ground truth with several priors, so that the sum of the match costs is as small as it can be.
///
/// Each ground truth gets k priors of its own: `top_k`, or as many as there are for each; all other priors are
/// background. Where an image has more ground truths than priors, each prior gets one. In a tie any of the best
/// matchings is taken, the same one each time.
///
/// The quality of a match is that of `task_aligned`: its metric scoreᵅ · IoUᵝ, scaled so that the best match of
/// a ground truth has the largest IoU of its matches.
public struct TopKHungarianAssigner: Assigner {
  static let topK = Parameter(
    "top_k", .integer(.between(1, 1000)), default: 8, help: "Priors of a ground truth.")

  public static let declaration = Declaration(
    name: "top_k_hungarian",
    summary: "Some priors for each ground truth, at the least sum of the match costs.",
    formula: """
      the matching of least sum in which each ground truth has min(top_k, priors / ground truths) priors
      quality = metric / (largest of the ground truth + 1e-7) * its largest IoU
      metric = score^alpha IoU^beta
      """,
    source: "Zhang et al. 2023, arXiv:2303.12776; TopkHungarianAssigner of mmdetection",
    parameters: [topK, TaskAlignedAssigner.alpha, TaskAlignedAssigner.beta])

  private let topK: Int
  private let alpha: Float
  private let beta: Float

  public init(parameters: Parameters) {
    topK = parameters[Self.topK]
    alpha = Float(parameters[TaskAlignedAssigner.alpha])
    beta = Float(parameters[TaskAlignedAssigner.beta])
  }

  public var reads: Set<StageInput> { [.costs, .scores, .boxes] }
  public var gives: Set<StageInput> { [.quality] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let (count, truth) = (request.priors.count, request.groundTruth)
    var matches = [AlignedMatch?](repeating: nil, count: count)
    if !truth.boxes.isEmpty {
      try request.checkPredictions(for: Self.declaration.name, on: workers)
      let rows = max(1, min(topK, count / truth.boxes.count))
      let costs = try request.costTable(on: workers).flatMap { repeatElement($0, count: rows) }
      for (row, prior) in cheapestMatching(rows: costs, columns: count) {
        let object = row / rows
        let score = request.predictions.score(of: prior, label: truth.labels[object], priors: count)
        let overlap = request.predictions.boxes[prior].formula.iou(truth.boxes[object].formula)
        matches[prior] = AlignedMatch(
          object: object, overlap: overlap,
          metric: Float.pow(score, alpha) * Float.pow(overlap, beta))
      }
    }
    return Assignment(
      matches: matches.map { $0.map { Int32($0.object) } ?? Assignment.background },
      quality: request.wants.contains(.quality)
        ? matches.qualities(objects: truth.boxes.count, eps: 1e-7) : [])
  }
}
