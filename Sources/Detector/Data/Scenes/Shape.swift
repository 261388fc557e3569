/// The classes of the scenes, the most common first.
enum Shape: String, CaseIterable {
  case disc, square, triangle, ring, cross, star

  /// The share of all shapes that are of this class.
  var frequency: Float {
    switch self {
    case .disc: 0.32
    case .square: 0.24
    case .triangle: 0.17
    case .ring: 0.12
    case .cross: 0.09
    case .star: 0.06
    }
  }

  /// The label: 1 and up.
  var label: Int { (Self.allCases.firstIndex(of: self) ?? 0) + 1 }

  /// The class that `share`, in 0 ..< 1, falls on.
  init(share: Float) {
    var rest = share
    for shape in Self.allCases {
      rest -= shape.frequency
      if rest < 0 {
        self = shape
        return
      }
    }
    self = .disc
  }

  /// How far a point is outside of the outline, negative inside; exact on the outline.
  ///
  /// All shapes lie within one unit of the origin, along each axis, with y down.
  func distance(_ x: Float, _ y: Float) -> Float {
    let (side, drop) = (abs(x), abs(y))
    switch self {
    case .disc:
      return (x * x + y * y).squareRoot() - 0.95
    case .square:
      return max(side, drop) - 0.85
    case .triangle:
      return max(y, 0.8660254 * side - 0.5 * y) - 0.5
    case .ring:
      return abs((x * x + y * y).squareRoot() - 0.72) - 0.24
    case .cross:
      return min(max(side - 0.3, drop - 0.95), max(side - 0.95, drop - 0.3))
    case .star:
      // Five lines make a pentagram: inside is what lies within four of them at least.
      var (farthest, second) = (-Float.infinity, -Float.infinity)
      func cross(_ line: Float) {
        second = max(second, min(farthest, line))
        farthest = max(farthest, line)
      }
      cross(-y)
      cross(0.9510565 * side - 0.309017 * y)
      cross(-0.9510565 * side - 0.309017 * y)
      cross(0.5877853 * side + 0.809017 * y)
      cross(-0.5877853 * side + 0.809017 * y)
      return second - 0.309017
    }
  }
}
