import Foundation

/// What came of a sweep so far: the states of its trials, and the comparison of its variants.
public struct SweepReport: Sendable {
  /// What was run.
  public let plan: SweepPlan
  /// Where the results are.
  public let folder: SweepFolder
  /// How far each trial is, in the order of the trials.
  public let states: [TrialState]
  /// The variants, compared.
  public let comparison: SweepComparison
  /// How values of the metric are written.
  public let format: MetricFormat

  /// The report on `plan` from the results in `folder`.
  ///
  /// - Throws: ``SweepError`` where the folder holds no results, or those of another plan.
  public init(_ plan: SweepPlan, in folder: SweepFolder) throws(SweepError) {
    try folder.check(against: plan)
    var states: [TrialState] = []
    for index in 0..<plan.trialCount { states.append(try folder.state(index)) }
    self.plan = plan
    self.folder = folder
    self.states = states
    comparison = SweepComparison(plan, results: states.map(\.result))
    format = MetricFormat(comparison)
  }

  /// The trials that ended without a value, with what came of them.
  public var failures: [(trial: SweepTrial, result: TrialResult)] {
    zip(plan.trials, states).compactMap { trial, state in
      guard let result = state.result, result.status != .finished else { return nil }
      return (trial, result)
    }
  }

  /// Writes `results.csv` and `report.html` into the folder, and answers the path of the latter.
  ///
  /// - Throws: ``SweepError`` where the folder can't be written.
  @discardableResult
  public func write() throws(SweepError) -> String {
    try folder.write(ResultsTable(self).csv, to: folder.file("results.csv"))
    let path = folder.file("report.html")
    try folder.write(ReportPage(self).html, to: path)
    return path
  }
}
