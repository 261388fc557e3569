import LossCore
import LossKernels

/// The parameter of all losses here that keeps their quotients from 0 / 0.
let eps = Parameter(
  "eps", .number(.atLeast(1e-30)), default: 1e-7, help: "Added to divisors, so that none is 0.")

extension FormulaBox {
  /// The area that one of two boxes covers, or both.
  @inlinable @inline(__always)
  func union(_ other: Self) -> Value { area + other.area - intersection(other) }

  /// Intersection over union, with `eps` added to the divisor.
  @inlinable @inline(__always)
  func iou(_ other: Self, eps: Value) -> Value { intersection(other) / (union(other) + eps) }

  /// The squared distance of the centres, in squared diagonals of the hull.
  @inlinable @inline(__always)
  func centerDistance(_ other: Self, eps: Value) -> Value {
    let hull = hull(other)
    let x = center.x - other.center.x
    let y = center.y - other.center.y
    return (x * x + y * y) / (hull.width * hull.width + hull.height * hull.height + eps)
  }
}
