import LossCore
import LossKernels

/// A falling function of intersection over union: 1 − IoU, −log IoU or 1 − IoU².
///
/// Without a derivative where the boxes share nothing. The logarithm is UnitBox's (Yu et al. 2016); the linear
/// form is what `torchvision.ops.generalized_box_iou_loss` has without its last term.
public struct IoULoss: BoxPairLoss {
  /// The function.
  @usableFromInline
  enum Form: String, CaseIterable, Sendable {
    case linear, log, square
  }

  static let form = Parameter(
    "form", .choice, default: Form.linear, help: "1 - IoU, -log(IoU), or 1 - IoU^2.")

  public static let declaration = Declaration(
    name: "iou",
    summary: "A falling function of intersection over union, on boxes.",
    formula: """
      linear: l = 1 - IoU; log: l = -log(IoU); square: l = 1 - IoU^2
      plus_eps: IoU = I / (U + eps), in log at least eps
      at_least_eps: IoU = max(I / max(U, 1e-6), eps)
      I, U: areas of the intersection and of the union
      """,
    source: "Yu et al. 2016, arXiv:1608.01471; IoULoss of mmdetection",
    parameters: [form, BoxOverlap.eps, BoxOverlap.divisor])

  @usableFromInline
  let form: Form
  @usableFromInline
  let divisor: Divisor
  /// The least IoU.
  @usableFromInline
  let least: Double

  public init(parameters: Parameters) {
    form = parameters[Self.form]
    // mmdetection's eps is that of the IoU; areas have a floor of their own.
    divisor = Divisor(parameters, floor: 1e-6)
    let isFloored = form == .log || parameters[BoxOverlap.divisor] == .atLeastEps
    least = isFloored ? parameters[BoxOverlap.eps] : 0
  }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let iou = Value.max(prediction.iou(target, divisor: divisor), Value(least))
    return switch form {
    case .linear: 1 - iou
    case .log: -Value.log(iou)
    case .square: 1 - iou * iou
    }
  }
}
