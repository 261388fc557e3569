import LossCore
import LossKernels

/// 1 − IoU: one minus intersection over union.
///
/// Without a derivative where the boxes share nothing. Yu et al. 2016, UnitBox, in the linear form that
/// `torchvision.ops.generalized_box_iou_loss` has without its last term.
public struct IoULoss: BoxPairLoss {
  public static let declaration = Declaration(
    name: "iou",
    summary: "One minus intersection over union, on boxes.",
    formula: """
      l = 1 - I / (U + eps)
      I, U: areas of the intersection and of the union
      """,
    source: "Yu et al. 2016, arXiv:1608.01471, without the logarithm",
    parameters: [BoxOverlap.eps])

  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) { eps = parameters[BoxOverlap.eps] }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    1 - prediction.iou(target, eps: Value(eps))
  }
}
