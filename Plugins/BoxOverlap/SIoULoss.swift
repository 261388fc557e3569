import LossCore
import LossKernels

/// SIoU loss: 1 − IoU + (distance cost + shape cost) / 2, in which the distance counts the more the less its
/// direction is that of an axis.
///
/// Gevorgyan 2022. The angle cost is sin 2α = 2 |x| |y| / (x² + y²) for centres that are (x, y) apart. As
/// `SIoULoss` of mmdetection, but that the paper's sign of γ is the default.
public struct SIoULoss: BoxPairLoss {
  static let negatesGamma = Parameter(
    "neg_gamma", .boolean, default: true,
    help: "Whether the exponent of the distance cost is negative, as in the paper; mmdetection's "
      + "default is false.")

  public static let declaration = Declaration(
    name: "siou",
    summary: "SIoU loss, on boxes; costs of angle, distance and shape beside IoU.",
    formula: """
      l = clamp(1 - I / (U + eps) + (distance + shape) / 2, 0, 2)
      distance = 2 - exp(g (x / w_c)^2) - exp(g (y / h_c)^2); w_c, h_c: sides of the hull, at least eps
      g = angle - 2, or 2 - angle without neg_gamma; angle = 2 |x| |y| / (x^2 + y^2)
      x, y: distance of the centres + eps
      shape = sum over sides of (1 - exp(-|w - w_t| / max(w, w_t)))^4
      """,
    source: "Gevorgyan 2022, arXiv:2205.12740; SIoULoss of mmdetection",
    parameters: [negatesGamma, BoxOverlap.eps])

  @usableFromInline
  let sign: Double
  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) {
    sign = parameters[Self.negatesGamma] ? -1 : 1
    eps = parameters[BoxOverlap.eps]
  }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let eps = Value(eps)
    let hull = prediction.hull(target)
    let offset = target.centerOffset(from: prediction)
    let (x, y) = (offset.x + eps, offset.y + eps)
    // Of a small eps the squares vanish.
    let squaredDistance: Value = .max(x * x + y * y, 1e-30)
    let angle: Value = 2 * (Value.abs(x) * Value.abs(y)) / squaredDistance
    let gamma: Value = Value(sign) * (2 - angle)
    let xOfHull: Value = x / .max(hull.width, eps)
    let yOfHull: Value = y / .max(hull.height, eps)
    let closeness = Value.exp(gamma * (xOfHull * xOfHull)) + Value.exp(gamma * (yOfHull * yOfHull))
    let shape =
      shapeCost(prediction.width, target.width)
      + shapeCost(prediction.height + eps, target.height + eps)
    let loss: Value = 1 - prediction.iou(target, eps: eps) + 0.5 * ((2 - closeness) + shape)
    return loss.kept(from: 0, to: 2)
  }

  @inlinable @inline(__always)
  func shapeCost<Value: FormulaValue>(_ side: Value, _ goal: Value) -> Value {
    let difference: Value = .abs(side - goal) / Value.max(side, goal).apartFromZero
    let cost: Value = 1 - .exp(-difference)
    return (cost * cost) * (cost * cost)
  }
}
