import LossCore
import LossKernels

/// Distance IoU loss: 1 − IoU + ρ² / c², with the distance ρ of the centres and the diagonal c of the
/// smallest box around both.
///
/// Zheng et al. 2020; as `torchvision.ops.distance_box_iou_loss`.
public struct DIoULoss: BoxPairLoss {
  public static let declaration = Declaration(
    name: "diou",
    summary: "Distance IoU loss, on boxes; pulls the centres together.",
    formula: """
      l = 1 - I / (U + eps) + rho^2 / (c^2 + eps)
      I, U: areas of the intersection and of the union
      rho, c: distance of the centres, diagonal of the smallest box around both
      """,
    source: "Zheng et al. 2020, arXiv:1911.08287; torchvision distance_box_iou_loss",
    parameters: [BoxOverlap.eps])

  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) { eps = parameters[BoxOverlap.eps] }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let eps = Value(eps)
    return 1 - prediction.iou(target, eps: eps) + prediction.centerDistance(target, eps: eps)
  }
}
