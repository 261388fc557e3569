import LossCore
import LossKernels

/// The least divisor of overlaps here, as in mmdetection.
private let eps = FloatVector(1e-6)

/// −IoU of the predicted box and the ground truth.
public struct IoUCost: MatchCost {
  public static let declaration = Declaration(
    name: "iou",
    summary: "The less the predicted box overlaps the ground truth, the dearer.",
    formula: "-I / max(U, 1e-6)   I, U: areas of intersection and union",
    source: "IoUCost of mmdetection, iou_mode iou")

  public init(parameters: Parameters) {}

  public var reads: Set<StageInput> { [.boxes] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    let target = FormulaBox<FloatVector>(repeating: request.groundTruth.boxes[object])
    return request.evaluate(boxesOf: priors) { box in
      -box.intersection(target) / .max(box.union(target), eps)
    }
  }
}

/// −GIoU of the predicted box and the ground truth, which tells boxes apart that don't overlap.
public struct GIoUCost: MatchCost {
  public static let declaration = Declaration(
    name: "giou",
    summary: "IoU cost that also tells how far apart boxes are that don't overlap.",
    formula: """
      -I / max(U, 1e-6) + (max(C, 1e-6) - max(U, 1e-6)) / max(C, 1e-6)
      I, U, C: areas of the intersection, the union and the smallest box around both
      """,
    source: "Carion et al. 2020, arXiv:2005.12872; IoUCost of mmdetection, iou_mode giou")

  public init(parameters: Parameters) {}

  public var reads: Set<StageInput> { [.boxes] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    let target = FormulaBox<FloatVector>(repeating: request.groundTruth.boxes[object])
    return request.evaluate(boxesOf: priors) { box in
      let union = FloatVector.max(box.union(target), eps)
      let hull = FloatVector.max(box.hull(target).area, eps)
      return (hull - union) / hull - box.intersection(target) / union
    }
  }
}
