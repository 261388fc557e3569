import LossKit
import TestSupport

/// A box on whole pixels: areas and overlaps are exact, and ties are common.
///
/// Below 45 pixels a side, two different overlaps differ by more than single precision rounds, so that
/// exact fractions and singles order them alike.
struct IntegerBox: Sendable {
  let x1: Int
  let y1: Int
  let x2: Int
  let y2: Int

  /// A box whose corner is at −4 or more and whose sides are at most 14.
  init(leastSide: Int, within limit: Int, using random: inout SeededGenerator) {
    x1 = .random(in: -4...limit, using: &random)
    y1 = .random(in: -4...limit, using: &random)
    x2 = x1 + .random(in: leastSide...14, using: &random)
    y2 = y1 + .random(in: leastSide...14, using: &random)
  }

  var box: Box { Box(Float(x1), Float(y1), Float(x2), Float(y2)) }

  func area(plus extent: Int) -> Int { (x2 - x1 + extent) * (y2 - y1 + extent) }

  func shared(_ other: Self, plus extent: Int) -> Int {
    max(0, min(x2, other.x2) - max(x1, other.x1) + extent)
      * max(0, min(y2, other.y2) - max(y1, other.y1) + extent)
  }

  /// Intersection over union; one of the two must have an area.
  func overlap(_ other: Self, plus extent: Int) -> Ratio {
    let shared = shared(other, plus: extent)
    return Ratio(shared, area(plus: extent) + other.area(plus: extent) - shared)
  }
}
