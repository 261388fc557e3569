import LossKernels

/// A number at a place and at another one: what a formula comes to when its variables are moved, but
/// what it takes for constants isn't.
struct Displaced: FormulaValue {
  /// Where the variables are.
  var here: Double
  /// Where they are moved to.
  var there: Double

  init(here: Double, there: Double) {
    self.here = here
    self.there = there
  }

  init(_ value: Double) { self.init(here: value, there: value) }
  init(floatLiteral value: Double) { self.init(value) }
  init(integerLiteral value: Double) { self.init(value) }

  static func constant(_ x: Self) -> Self { Self(x.here) }

  /// What a comparison results in at either place.
  struct Mask: FormulaMask {
    var here: Bool
    var there: Bool

    static func & (left: Self, right: Self) -> Self {
      Self(here: left.here && right.here, there: left.there && right.there)
    }
    static func | (left: Self, right: Self) -> Self {
      Self(here: left.here || right.here, there: left.there || right.there)
    }
    static prefix func ! (mask: Self) -> Self { Self(here: !mask.here, there: !mask.there) }
  }

  private func map(_ function: (Double) -> Double) -> Self {
    Self(here: function(here), there: function(there))
  }

  private func with(_ other: Self, _ function: (Double, Double) -> Double) -> Self {
    Self(here: function(here, other.here), there: function(there, other.there))
  }

  private func compared(_ other: Self, _ isTrue: (Double, Double) -> Bool) -> Mask {
    Mask(here: isTrue(here, other.here), there: isTrue(there, other.there))
  }

  static func + (left: Self, right: Self) -> Self { left.with(right) { $0 + $1 } }
  static func - (left: Self, right: Self) -> Self { left.with(right) { $0 - $1 } }
  static func * (left: Self, right: Self) -> Self { left.with(right) { $0 * $1 } }
  static func / (left: Self, right: Self) -> Self { left.with(right) { $0 / $1 } }
  static prefix func - (value: Self) -> Self { value.map { -$0 } }

  static func < (left: Self, right: Self) -> Mask { left.compared(right) { $0 < $1 } }
  static func <= (left: Self, right: Self) -> Mask { left.compared(right) { $0 <= $1 } }
  static func > (left: Self, right: Self) -> Mask { left.compared(right) { $0 > $1 } }
  static func >= (left: Self, right: Self) -> Mask { left.compared(right) { $0 >= $1 } }

  static func select(_ condition: Mask, _ accepted: Self, else other: Self) -> Self {
    Self(
      here: condition.here ? accepted.here : other.here,
      there: condition.there ? accepted.there : other.there)
  }

  static func abs(_ x: Self) -> Self { x.map { Double.abs($0) } }
  static func sqrt(_ x: Self) -> Self { x.map { Double.sqrt($0) } }
  static func exp(_ x: Self) -> Self { x.map { Double.exp($0) } }
  static func log(_ x: Self) -> Self { x.map { Double.log($0) } }
  static func log1p(_ x: Self) -> Self { x.map { Double.log1p($0) } }
  static func pow(_ x: Self, _ y: Self) -> Self { x.with(y) { Double.pow($0, $1) } }
  static func tanh(_ x: Self) -> Self { x.map { Double.tanh($0) } }
  static func atan(_ x: Self) -> Self { x.map { Double.atan($0) } }
  static func sigmoid(_ x: Self) -> Self { x.map { Double.sigmoid($0) } }
  static func softplus(_ x: Self) -> Self { x.map { Double.softplus($0) } }
}
