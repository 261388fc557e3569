import Foundation

/// Student's t distribution.
///
/// Both functions hold to 1e-10 relative, tails included, up to 1000 degrees of freedom.
public struct StudentT: Sendable, Equatable {
  /// The degrees of freedom, above 0.
  public let degreesOfFreedom: Double

  /// The distribution with so many degrees of freedom; `nil` if they aren't above 0.
  public init?(degreesOfFreedom: Double) {
    guard degreesOfFreedom > 0, degreesOfFreedom.isFinite else { return nil }
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value at least as far from 0 as `t`, on either side.
  ///
  /// P(|T| ≥ |t|) = I_x(ν/2, 1/2) with x = ν / (ν + t²), I the regularized incomplete beta function.
  public func twoSidedTail(_ t: Double) -> Double {
    let square = t * t
    guard square.isFinite else { return t.isNaN ? .nan : 0 }
    let sum = degreesOfFreedom + square
    return regularizedBeta(
      degreesOfFreedom / sum, complement: square / sum, degreesOfFreedom / 2, 0.5)
  }

  /// The t beyond which, on both sides together, lies the probability `tail`, in 0 ..< 1: 4.303 for
  /// 0.05 and two degrees of freedom.
  public func quantile(twoSidedTail tail: Double) -> Double {
    guard tail > 0, tail < 1 else { return tail == 1 ? 0 : tail == 0 ? .infinity : .nan }
    // The logarithm of t, since heavy tails put it anywhere between 1e-300 and 1e300.
    var (low, high) = (-700.0, 700.0)
    while true {
      let middle = (low + high) / 2
      guard low < middle, middle < high else { return exp(middle) }
      if twoSidedTail(exp(middle)) > tail { low = middle } else { high = middle }
    }
  }
}

/// The regularized incomplete beta function I_x(a, b), by its continued fraction (Abramowitz and
/// Stegun, 26.5.8), evaluated by Lentz's method. `complement` is 1 − x, without rounding.
private func regularizedBeta(
  _ x: Double, complement: Double, _ a: Double, _ b: Double
) -> Double {
  if x <= 0 { return 0 }
  if complement <= 0 { return 1 }
  // The fraction converges fast on this side alone.
  if x > (a + 1) / (a + b + 2) {
    return 1 - regularizedBeta(complement, complement: x, b, a)
  }
  let logarithm =
    a * log(x) + b * log(complement) + lgamma(a + b) - lgamma(a) - lgamma(b)
  return exp(logarithm) * betaFraction(x, a, b) / a
}

private func betaFraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
  let tiny = 1e-300
  func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
  var c = 1.0
  var d = 1 / away(1 - (a + b) * x / (a + 1))
  var fraction = d
  for step in 1...10_000 {
    let m = Double(step)
    let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    var change = 1.0
    for coefficient in [even, odd] {
      d = 1 / away(1 + coefficient * d)
      c = away(1 + coefficient / c)
      change = c * d
      fraction *= change
    }
    if abs(change - 1) < 1e-16 { break }
  }
  return fraction
}
