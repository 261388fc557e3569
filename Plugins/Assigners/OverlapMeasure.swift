import LossCore
import LossKernels

/// How far a predicted box and a ground truth are one, from 0, where they don't overlap, to 1.
enum OverlapMeasure: String, CaseIterable, Sendable {
  /// I / max(U, 1e-6), with the areas of intersection and union, as in mmdetection.
  case iou
  /// Complete IoU, 0 where it is negative, as ultralytics has it.
  case ciou

  @inline(__always)
  func overlap<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, _ target: FormulaBox<Value>
  ) -> Value {
    self == .iou ? prediction.iou(target) : prediction.completeIoU(target)
  }
}

extension FormulaBox {
  /// I / max(U, 1e-6).
  @inline(__always)
  func iou(_ other: Self) -> Value { intersection(other) / .max(union(other), 1e-6) }

  /// IoU − ρ² / c² − α v, with 1e-7 added to heights and divisors; at least 0.
  @inline(__always)
  fileprivate func completeIoU(_ other: Self) -> Value {
    let eps: Value = 1e-7
    let (tall, otherTall) = (height + eps, other.height + eps)
    let shared = intersection(other)
    let iou = shared / (width * tall + other.width * otherTall - shared + eps)
    let hull = hull(other)
    let (x, y) = (center.x - other.center.x, center.y - other.center.y)
    let distance = (x * x + y * y) / (hull.width * hull.width + hull.height * hull.height + eps)
    let angle = Value.atan(other.width / otherTall) - Value.atan(width / tall)
    let v = Value(4 / (Double.pi * Double.pi)) * (angle * angle)
    let alpha = v / (v - iou + Value(1 + 1e-7))
    return .max(0, iou - (distance + v * alpha))
  }
}
