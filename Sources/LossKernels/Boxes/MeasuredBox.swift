/// A box and its area.
struct MeasuredBox: Sendable {
  var x1: Float
  var y1: Float
  var x2: Float
  var y2: Float
  var area: Float

  /// The box (x1, y1, x2, y2), its sides measured as differences plus `extent`.
  @inline(__always)
  init(_ corners: SIMD4<Float>, extent: Float) {
    x1 = corners[0]
    y1 = corners[1]
    x2 = corners[2]
    y2 = corners[3]
    area = (x2 - x1 + extent) * (y2 - y1 + extent)
  }

  /// The bounds of no boxes at all.
  init() {
    x1 = .infinity
    y1 = .infinity
    x2 = -.infinity
    y2 = -.infinity
    area = .infinity
  }

  /// Makes the least box that holds this one and another, with the lesser of their areas.
  ///
  /// No box in bounds shares more with a box outside than the bounds do, and none has less area than
  /// they say. A coordinate that isn't a number is left out.
  @inline(__always)
  mutating func formBounds(with other: MeasuredBox) {
    if other.x1 < x1 { x1 = other.x1 }
    if other.y1 < y1 { y1 = other.y1 }
    if other.x2 > x2 { x2 = other.x2 }
    if other.y2 > y2 { y2 = other.y2 }
    if other.area < area { area = other.area }
  }
}
