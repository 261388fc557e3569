import LossCore
import LossKernels

/// Extended IoU loss: smooth L1 of 1 − I / U, with an intersection I that goes on below 0 where boxes are apart.
///
/// Peng and Yu 2021: of boxes that don't meet, I is less the further they are apart, so that there is a
/// derivative. As `EIoULoss` of mmdetection. (Zhang et al.'s efficient IoU, of the same name, is another.)
public struct EIoULoss: BoxPairLoss {
  static let smoothPoint = Parameter(
    "smooth_point", .number(.above(0)), default: 0.1,
    help: "Where the quadratic part of smooth L1 ends.")

  public static let declaration = Declaration(
    name: "eiou",
    summary: "Extended IoU loss, on boxes; has a derivative where they are apart.",
    formula: """
      l = 0.5 d^2 / s where d < s, else d - 0.5 s,  d = 1 - I / (U + eps),  s = smooth_point
      I = r_x r_y + m_x m_y - l_x M_y - M_x l_y, distances from the hull's left upper corner:
      l = max(x1, x1_t), r = min(x2, x2_t), m = min(l, r), M = max(l, r); U = areas - I
      """,
    source: "Peng and Yu 2021, arXiv:2112.01793; EIoULoss of mmdetection",
    parameters: [smoothPoint, BoxOverlap.eps])

  @usableFromInline
  let smoothPoint: Double
  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) {
    smoothPoint = parameters[Self.smoothPoint]
    eps = parameters[BoxOverlap.eps]
  }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let x = sides(prediction.x1, prediction.x2, target.x1, target.x2)
    let y = sides(prediction.y1, prediction.y2, target.y1, target.y2)
    let intersection =
      (x.end * y.end + x.first * y.first) - (x.start * y.last + x.last * y.start)
    let union = (prediction.area + target.area - intersection) + Value(eps)
    let distance = 1 - intersection / union
    let limit = Value(smoothPoint)
    return .select(
      distance < limit, 0.5 * distance * (distance / limit), else: distance - 0.5 * limit)
  }

  /// Where what two spans share starts and ends, and the lesser and the greater of both; from where the spans
  /// together begin.
  @inlinable @inline(__always)
  func sides<Value: FormulaValue>(
    _ x1: Value, _ x2: Value, _ targetX1: Value, _ targetX2: Value
  ) -> (start: Value, end: Value, first: Value, last: Value) {
    let origin = Value.min(x1, targetX1)
    let start = Value.max(x1, targetX1) - origin
    let end = Value.min(x2, targetX2) - origin
    return (start, end, .min(start, end), .max(start, end))
  }
}
