import LossCore
import LossKernels

/// Complete IoU loss: the distance IoU loss + α v, where v compares the ratios of the sides and α is
/// taken for a constant.
///
/// Zheng et al. 2020; as `torchvision.ops.complete_box_iou_loss`, which leaves α out of the gradient and
/// always has 1e-7 for the `eps` of its distance IoU part.
public struct CIoULoss: BoxPairLoss {
  public static let declaration = Declaration(
    name: "ciou",
    summary: "Complete IoU loss, on boxes; pulls centres and ratios of sides together.",
    formula: """
      l = 1 - I / (U + eps) + rho^2 / (c^2 + eps) + alpha v
      v = (4 / pi^2) (atan(w_t / h_t) - atan(w / h))^2
      alpha = v / (1 - I / (U + eps) + v + eps), a constant in the gradient
      """,
    source: "Zheng et al. 2020, arXiv:1911.08287; torchvision complete_box_iou_loss",
    parameters: [BoxOverlap.eps])

  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) { eps = parameters[BoxOverlap.eps] }

  public var holdsPartConstant: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let eps = Value(eps)
    let distance = 1 - prediction.iou(target, eps: eps)
    let angle = target.diagonalAngle - prediction.diagonalAngle
    let v = Value(4 / (Double.pi * Double.pi)) * (angle * angle)
    let alpha = Value.constant(v / (distance + v + eps))
    return distance + prediction.centerDistance(target, eps: eps) + alpha * v
  }
}

extension FormulaBox {
  /// The arc tangent of width / height; of a height of 0 as of a very small one, so that the derivative is a
  /// number.
  @inlinable @inline(__always)
  var diagonalAngle: Value {
    .atan(width / .select((height < 1e-12) & (height > -1e-12), 1e-12, else: height))
  }
}
