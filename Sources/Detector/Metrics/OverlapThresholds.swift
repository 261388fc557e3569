/// The overlaps from which on a detection counts as right: 0.5, 0.55, … 0.95.
enum OverlapThresholds {
  /// The thresholds, to the bit as `numpy.linspace(0.5, 0.95, 10)` makes them.
  static let all: [Double] = {
    let step: Double = (0.95 - 0.5) / 9
    return (0..<9).map { index in Double(index) * step + 0.5 } + [0.95]
  }()

  /// The position of the threshold that belongs to AP50, and the one of AP75.
  static let (half, threeQuarters) = (0, 5)
}
