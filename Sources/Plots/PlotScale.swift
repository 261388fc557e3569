import Foundation

/// Where numbers lie along an axis, and which of them it names.
package struct PlotScale: Sendable {
  package let lower: Double
  package let upper: Double
  package let isLogarithmic: Bool

  /// The scale over `values`, with a little room at both ends.
  ///
  /// - Parameters:
  ///   - logarithmic: Whether factors, not differences, are to look alike; for values above 0 alone.
  ///   - fromZero: Whether to begin at 0 where the values come near it.
  package init(
    _ values: [Double], logarithmic: Bool = false, fromZero: Bool = false, room: Double = 0.04
  ) {
    let finite = values.filter(\.isFinite)
    isLogarithmic = logarithmic && !finite.isEmpty && finite.allSatisfy { $0 > 0 }
    let places = isLogarithmic ? finite.map { log10($0) } : finite
    var low = places.min() ?? 0
    var high = places.max() ?? 1
    let startsAtZero = fromZero && !isLogarithmic && low >= 0 && low < high / 2
    if startsAtZero { low = 0 }
    if high - low <= 1e-12 * max(abs(low), abs(high), 1e-300) {
      let half = isLogarithmic ? 0.5 : max(abs(low) * 0.1, 1e-6)
      (low, high) = (low - half, high + half)
    }
    let margin = (high - low) * room
    lower = startsAtZero ? 0 : low - margin
    upper = high + margin
  }

  /// Where `value` lies: 0 at the beginning of the axis, 1 at its end, held within both.
  package func fraction(_ value: Double) -> Double { min(max(place(value), 0), 1) }

  /// Where `value` lies, which may be beyond the axis.
  package func place(_ value: Double) -> Double {
    let place = isLogarithmic ? log10(max(value, .leastNormalMagnitude)) : value
    let fraction = (place - lower) / (upper - lower)
    return fraction.isFinite ? fraction : 0
  }

  /// Whether `value` lies on the axis.
  package func contains(_ value: Double) -> Bool {
    let place = isLogarithmic ? log10(max(value, .leastNormalMagnitude)) : value
    return place >= lower && place <= upper
  }

  /// Round numbers along the axis, about `count` of them: 1, 2 or 5 times a power of ten apart.
  package func ticks(_ count: Int = 5) -> [Double] {
    isLogarithmic ? logarithmicTicks(count) : linearTicks(count)
  }

  /// A tick as the axis shows it.
  package func label(_ tick: Double, among ticks: [Double]) -> String {
    if isLogarithmic { return short(tick) }
    let step = ticks.count > 1 ? abs(ticks[1] - ticks[0]) : abs(tick)
    guard step > 0, abs(tick) < 10_000, step >= 1e-5 else { return short(tick) }
    let decimals = max(0, Int((-log10(step) - 1e-9).rounded(.up)))
    return String(format: "%.\(decimals)f", tick == 0 ? 0 : tick)
      .replacingOccurrences(of: "-", with: "−")
  }

  private func linearTicks(_ count: Int) -> [Double] {
    let step = Self.roundStep((upper - lower) / Double(max(count, 1)))
    guard step > 0, step.isFinite, upper.isFinite, lower.isFinite else { return [] }
    let first = (lower / step - 1e-9).rounded(.up)
    return (0...4 * count).map { (first + Double($0)) * step }
      .filter { $0 <= upper + 1e-9 * step }
  }

  private func logarithmicTicks(_ count: Int) -> [Double] {
    let decades = upper - lower
    guard decades.isFinite, decades < 600 else { return [] }
    let factors: [Double] = decades > Double(count) / 2 ? [1] : decades > 1 ? [1, 3] : [1, 2, 5]
    let every = max(1, Int((decades / Double(count)).rounded(.up)))
    let powers = stride(
      from: Int(lower.rounded(.down)), through: Int(upper.rounded(.up)), by: every)
    return powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
      .filter(contains)
  }

  private func short(_ number: Double) -> String {
    let text =
      abs(number) >= 10_000 && abs(number) < 1e7
      ? String(format: "%gk", number / 1000) : String(format: "%.4g", number)
    return text.replacingOccurrences(of: "-", with: "−")
  }

  private static func roundStep(_ step: Double) -> Double {
    guard step > 0, step.isFinite else { return 0 }
    let power = pow(10, log10(step).rounded(.down))
    let factor = [1.0, 2, 5].first { $0 * power >= step * 0.999_999 } ?? 10
    return factor * power
  }
}

/// A part of a length, as SVG and CSS write it: `12.5%`.
package func percent(_ fraction: Double) -> String {
  String(format: "%.2f%%", fraction * 100)
}

/// A part of a whole as people read it: `25 %`.
package func percentage(_ part: Double) -> String {
  String(format: "%.0f %%", part * 100)
}
