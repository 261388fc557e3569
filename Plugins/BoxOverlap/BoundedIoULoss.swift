import LossCore
import LossKernels

/// Bounded IoU loss: smooth L1 of 1 − the IoU that a box could have at best, were it wrong in one thing alone:
/// in x, y, width or height.
///
/// Tychsen-Smith and Petersson 2018. As `BoundedIoULoss` of mmdetection, which has four values a row; here a
/// row's value is their sum, by which its normalizers divide.
public struct BoundedIoULoss: BoxPairLoss {
  static let beta = Parameter(
    "beta", .number(.above(0)), default: 0.2, help: "Where the quadratic part of smooth L1 ends.")
  static let eps = Parameter(
    "eps", .number(.atLeast(1e-30)), default: 1e-3, help: "Added to divisors, so that none is 0.")

  public static let declaration = Declaration(
    name: "bounded_iou",
    summary: "Smooth L1 of bounds of IoU, on boxes; one by centre and side each.",
    formula: """
      l = S(1 - b_x) + S(1 - b_y) + S(1 - b_w) + S(1 - b_h)
      S(d) = 0.5 d^2 / beta where d < beta, else d - 0.5 beta
      b_x = max(0, (w_t - 2 |dx|) / (w_t + 2 |dx| + eps)), dx: distance of the centres; b_y alike
      b_w = min(w_t / (w + eps), w / (w_t + eps)); b_h alike
      """,
    source: "Tychsen-Smith and Petersson 2018, arXiv:1711.00164; BoundedIoULoss of mmdetection",
    parameters: [beta, eps])

  @usableFromInline
  let beta: Double
  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) {
    beta = parameters[Self.beta]
    eps = parameters[Self.eps]
  }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let offset = target.centerOffset(from: prediction)
    let x = smooth(loss(ofOffset: offset.x, side: target.width))
    let y = smooth(loss(ofOffset: offset.y, side: target.height))
    let width = smooth(loss(ofSide: prediction.width, target.width))
    let height = smooth(loss(ofSide: prediction.height, target.height))
    return (x + y) + (width + height)
  }

  // 1 − b without the difference of two equals.

  @inlinable @inline(__always)
  func loss<Value: FormulaValue>(ofOffset offset: Value, side: Value) -> Value {
    let twice = 2 * Value.abs(offset)
    return .min((2 * twice + Value(eps)) / (side + twice + Value(eps)), 1)
  }

  @inlinable @inline(__always)
  func loss<Value: FormulaValue>(ofSide side: Value, _ goal: Value) -> Value {
    let eps = Value(eps)
    let larger = ((side - goal) + eps) / (side + eps).apartFromZero
    let smaller = ((goal - side) + eps) / (goal + eps)
    return .max(larger, smaller)
  }

  @inlinable @inline(__always)
  func smooth<Value: FormulaValue>(_ distance: Value) -> Value {
    let beta = Value(beta)
    return .select(
      distance < beta, 0.5 * distance * (distance / beta), else: distance - 0.5 * beta)
  }
}
