import LossCore
import LossKernels

/// Generalized IoU loss: 1 − IoU + (C − U) / C, with the area C of the smallest box around both.
///
/// Rezatofighi et al. 2019; as `torchvision.ops.generalized_box_iou_loss`.
public struct GIoULoss: BoxPairLoss {
  public static let declaration = Declaration(
    name: "giou",
    summary: "Generalized IoU loss, on boxes; has a derivative where they are apart.",
    formula: """
      plus_eps: l = 1 - I / (U + eps) + (C - U) / (C + eps)
      at_least_eps: l = 1 - I / max(U, eps) + (max(C, eps) - max(U, eps)) / max(C, eps)
      I, U, C: areas of the intersection, the union and the smallest box around both
      """,
    source: "Rezatofighi et al. 2019, arXiv:1902.09630; torchvision generalized_box_iou_loss, "
      + "GIoULoss of mmdetection",
    parameters: [BoxOverlap.eps, BoxOverlap.divisor])

  @usableFromInline
  let divisor: Divisor

  public init(parameters: Parameters) { divisor = Divisor(parameters) }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let hull = divisor.floored(prediction.hull(target).area)
    let union = divisor.floored(prediction.union(target))
    let empty = divisor.quotient(hull - union, by: hull)
    return 1 - prediction.iou(target, divisor: divisor) + empty
  }
}
