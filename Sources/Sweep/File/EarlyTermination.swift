/// When a running trial is stopped because others are better: successive halving (Jamieson and Talwalkar 2016,
/// arXiv:1502.07943), with the brackets of Weights & Biases.
///
/// A report is a line of the trainer that has the sweep's metric. At a bracket, which is a number of reports, a
/// trial is held against the trials before it in the sweep that went on to that bracket. It goes on if it is among
/// the best ⌈n/η⌉ of these n trials, itself included, equals being as good as each other. So a decision follows from
/// what was reported and from the order of trials in the sweep, whoever runs them, when and how many at once.
public struct EarlyTermination: Sendable, Equatable {
  /// After how many reports trials are compared, ascending.
  public let brackets: [Int]
  /// One trial of so many goes on.
  public let eta: Double

  /// Reports beyond which there is no bracket.
  private static let mostReports = 1e7

  /// Brackets at `minimum` reports, η times as many, and so on.
  init(minimum: Int, eta: Double) {
    var brackets: [Int] = []
    var reports = Double(minimum)
    while reports <= Self.mostReports {
      // η times a small number may be the same whole number.
      if brackets.last != Int(reports) { brackets.append(Int(reports)) }
      reports *= eta
    }
    self.brackets = brackets
    self.eta = eta
  }

  /// `count` brackets below `maximum` reports: at an η-th of them, an η²-th, and so on, as long as that is one
  /// report at least.
  init(maximum: Int, count: Int, eta: Double) {
    var brackets: [Int] = []
    var reports = Double(maximum) / eta
    while brackets.count < count, reports >= 1 {
      brackets.append(Int(reports))
      reports /= eta
    }
    self.brackets = Set(brackets).sorted()
    self.eta = eta
  }

  /// Whether a trial with `value` goes on.
  ///
  /// - Parameter others: The values of those that it is held against.
  func verdict(
    on value: Double, among others: [Double], by metric: SweepMetric
  ) -> BracketRecord.Verdict {
    let count = others.count + 1
    let places = Int((Double(count) / eta).rounded(.up))
    let better = others.count { metric.isBetter($0, than: value) }
    return BracketRecord.Verdict(goesOn: better < places, places: places, count: count)
  }
}
