import Foundation

/// How a report writes the values of its metric: all with the same decimals, enough to tell apart what
/// lies a hundredth of their spread apart.
public struct MetricFormat: Sendable, Equatable {
  /// The digits behind the point.
  public let decimals: Int

  init(_ comparison: SweepComparison) {
    let values = comparison.rows.flatMap { $0.values.compactMap(\.self) }
    let spread = (values.max() ?? 0) - (values.min() ?? 0)
    let scale = spread > 0 ? spread : abs(values.first ?? 1)
    let digits = scale > 0 && scale.isFinite ? (-log10(scale)).rounded(.up) + 2 : 2
    decimals = Int(min(max(digits, 0), 12))
  }

  /// A value: `0.854`.
  public func text(_ value: Double) -> String {
    let text = String(format: "%.\(decimals)f", value)
    // A number that rounds to zero has no sign.
    return text.contains { ("1"..."9").contains($0) } || !text.hasPrefix("-")
      ? text : String(text.dropFirst())
  }

  /// A difference, its sign written: `+0.012`.
  public func difference(_ value: Double) -> String {
    let text = text(value)
    return value > 0 ? "+" + text : text
  }

  /// An interval: `0.831 … 0.877`.
  public func text(_ interval: ClosedRange<Double>) -> String {
    "\(text(interval.lowerBound)) … \(text(interval.upperBound))"
  }
}
