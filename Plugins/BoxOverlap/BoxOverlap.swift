import LossCore
import LossKernels

/// The parameter of all losses here that keeps their quotients from 0 / 0.
let eps = Parameter(
  "eps", .number(.atLeast(1e-30)), default: 1e-7, help: "Added to divisors, so that none is 0.")

/// How `eps` keeps a divisor from 0.
enum DivisorRule: String, CaseIterable {
  /// It is added, as torchvision does.
  case plusEps = "plus_eps"
  /// It is the least divisor, as in mmdetection.
  case atLeastEps = "at_least_eps"
}

/// The parameter of the losses that know both rules.
let divisor = Parameter(
  "divisor", .choice, default: DivisorRule.plusEps,
  help: "Whether eps is added to divisors, as torchvision does, or is their least value, as in "
    + "mmdetection.")

/// What keeps areas that are divided by from 0.
@usableFromInline
struct Divisor: Sendable {
  /// What is added to an area where it divides.
  @usableFromInline
  let added: Double
  /// The least area; inverted boxes have negative ones.
  @usableFromInline
  let least: Double

  /// - Parameter floor: The least area in mmdetection's convention; `eps` if `nil`.
  init(_ parameters: Parameters, floor: Double? = nil) {
    let eps = parameters[BoxOverlap.eps]
    let isLeast = parameters[divisor] == .atLeastEps
    added = isLeast ? 0 : eps
    least = isLeast ? floor ?? eps : -.infinity
  }

  @inlinable @inline(__always)
  func floored<Value: FormulaValue>(_ area: Value) -> Value { .max(area, Value(least)) }

  /// One area over another, which is floored.
  @inlinable @inline(__always)
  func quotient<Value: FormulaValue>(_ area: Value, by floored: Value) -> Value {
    area / (floored + Value(added))
  }
}

extension FormulaBox {
  /// Intersection over union, with `eps` added to the divisor.
  @inlinable @inline(__always)
  func iou(_ other: Self, eps: Value) -> Value { intersection(other) / (union(other) + eps) }

  /// Intersection over union, with a divisor that isn't 0.
  @inlinable @inline(__always)
  func iou(_ other: Self, divisor: Divisor) -> Value {
    divisor.quotient(intersection(other), by: divisor.floored(union(other)))
  }

  /// How far the centre is from another's; of boxes that are near each other with all digits.
  @inlinable @inline(__always)
  func centerOffset(from other: Self) -> (x: Value, y: Value) {
    (0.5 * ((x1 - other.x1) + (x2 - other.x2)), 0.5 * ((y1 - other.y1) + (y2 - other.y2)))
  }

  /// The squared distance of the centres, in squared diagonals of the hull.
  @inlinable @inline(__always)
  func centerDistance(_ other: Self, eps: Value) -> Value {
    let hull = hull(other)
    let (x, y) = centerOffset(from: other)
    return (x * x + y * y) / (hull.width * hull.width + hull.height * hull.height + eps)
  }
}

extension FormulaValue {
  /// The same number; one next to 0, by which nothing can be divided, as a very small one.
  @inlinable @inline(__always)
  var apartFromZero: Self { .select((self < 1e-12) & (self > -1e-12), 1e-12, else: self) }

  /// The number kept within bounds, on which it has its own derivative.
  @inlinable @inline(__always)
  func kept(from least: Double, to largest: Double) -> Self {
    .select(
      self < Self(least), Self(least),
      else: .select(self > Self(largest), Self(largest), else: self))
  }
}
