/// The numbers that a parameter may take: everything between two bounds, each open, closed or absent.
public struct NumberRange: Sendable, Equatable, CustomStringConvertible {
  /// The lower bound, or `nil` if there is none.
  public let lower: Double?
  /// Whether the lower bound itself is left out.
  public let lowerIsExcluded: Bool
  /// The upper bound, itself included, or `nil` if there is none.
  public let upper: Double?

  /// The numbers between two bounds, of which there may be one or none.
  public init(lower: Double?, lowerIsExcluded: Bool = false, upper: Double?) {
    self.lower = lower
    self.lowerIsExcluded = lowerIsExcluded
    self.upper = upper
  }

  /// Every finite number.
  public static let any = NumberRange(lower: nil, upper: nil)
  /// `bound` and everything above.
  public static func atLeast(_ bound: Double) -> Self { Self(lower: bound, upper: nil) }
  /// Everything above `bound`, which itself is left out.
  public static func above(_ bound: Double) -> Self {
    Self(lower: bound, lowerIsExcluded: true, upper: nil)
  }
  /// `lower`, `upper` and everything between.
  public static func between(_ lower: Double, _ upper: Double) -> Self {
    Self(lower: lower, upper: upper)
  }

  /// Whether `number` is finite and within the bounds.
  public func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    if let lower, number < lower || (lowerIsExcluded && number == lower) { return false }
    if let upper, number > upper { return false }
    return true
  }

  /// The range in words of mathematics: `≥ 0`, `> 0`, `0 … 1`, `> 0, ≤ 1`, `any`.
  public var description: String {
    switch (lower, upper) {
    case (nil, nil): "any"
    case (let lower?, nil): "\(lowerIsExcluded ? ">" : "≥") \(shortest(lower))"
    case (nil, let upper?): "≤ \(shortest(upper))"
    case (let lower?, let upper?):
      lowerIsExcluded
        ? "> \(shortest(lower)), ≤ \(shortest(upper))" : "\(shortest(lower)) … \(shortest(upper))"
    }
  }
}

/// A number as people type it: without a decimal point where it is whole.
func shortest(_ number: Double) -> String {
  if let whole = Int(exactly: number), whole.magnitude < 1 << 53 { return String(whole) }
  return String(number)
}
