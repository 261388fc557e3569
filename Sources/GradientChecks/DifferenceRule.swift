import LossKernels

/// How a derivative is held against differences of values.
///
/// Of the values at x − 2h, …, x + 2h four difference quotients are taken, one from each to the next.
/// Where the formula is smooth they change evenly.
///
/// - Where their three changes agree to a thousandth of the greatest quotient, the derivative must be the
///   central difference of fourth order, to ``tolerance``. If the curvature changes between the places, as
///   Huber's does at δ, the central difference is off by as much as the changes differ, which is allowed
///   as well.
/// - Where they don't agree there is a kink between these places, or a bend as sharp as one. Then the
///   derivative must lie between the least and the greatest quotient, or as little beside them as the derivative
///   changes on the smoother side: at a kink any number between the derivatives on both sides will do, and
///   near one that of its own side.
struct DifferenceRule: Sendable {
  /// The error that is allowed, relative to the derivative.
  let tolerance: Double
  /// The distance of two places, relative to the scale of the input; a power of two.
  let step: Double
  /// How far a value of about 1 may be from the exact one.
  let rounding: Double
  /// The least number with all digits; below it a derivative has fewer.
  let leastNormal: Double

  /// For losses that compute in Double.
  static let double = DifferenceRule(
    tolerance: 1e-6, step: 0x1p-17, rounding: 0x1p-50, leastNormal: 0x1p-1022)
  /// For losses that compute in Float whatever they are given.
  static let single = DifferenceRule(
    tolerance: 1e-3, step: 0x1p-7, rounding: 0x1p-21, leastNormal: 0x1p-126)

  /// The distance of two places around a number whose scale is `scale`: a power of two, so that the
  /// places are exact.
  func step(scale: Double) -> Double {
    scale.isNormal ? step * Double(sign: .plus, exponent: scale.exponent, significand: 1) : step
  }

  /// What comes of a comparison.
  struct Outcome {
    /// The distance of the derivative from what it should be, relative to that.
    let error: Double
    /// What the derivative should be: where there is a kink the nearest quotient.
    let expected: Double
    let isAtKink: Bool
  }

  /// Compares a derivative with the values at x − 2h, …, x + 2h.
  func compare(_ derivative: Double, _ values: [Double], step: Double) -> Outcome {
    let isUsable = values.count == 5 && values.allSatisfy(\.isFinite) && derivative.isFinite
    guard isUsable else { return Outcome(error: .infinity, expected: .nan, isAtKink: false) }
    let quotients = zip(values.dropFirst(), values).map { ($0 - $1) / step }
    let changes = zip(quotients.dropFirst(), quotients).map { $0 - $1 }
    let unevenness = (changes.max() ?? 0) - (changes.min() ?? 0)
    // From the last quotient before a kink to the derivative at x there is as much of a change at most as
    // between two quotients of that side; one of both ends at least is free of the kink.
    let margin = min(abs(quotients[1] - quotients[0]), abs(quotients[3] - quotients[2]))
    let least = (quotients.min() ?? 0) - margin
    let greatest = (quotients.max() ?? 0) + margin
    let noise = rounding * values.reduce(0) { max($0, abs($1)) } / step
    let isAtKink =
      unevenness > 1e-3 * max(abs(least), abs(greatest)) + 8 * noise + self.step

    let central = (8 * (values[3] - values[1]) - (values[4] - values[0])) / (12 * step)
    let expected = isAtKink ? min(max(derivative, least), greatest) : central
    // What differences can't tell counts as if the derivative were as large as to excuse it.
    let unknown = noise + leastNormal + (isAtKink ? 0 : unevenness)
    let size = max(abs(derivative), abs(expected)) + unknown / tolerance
    let distance = abs(derivative - expected)
    return Outcome(
      error: distance == 0 ? 0 : distance / size, expected: expected, isAtKink: isAtKink)
  }
}
