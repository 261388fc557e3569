import Foundation
import LossCore
import StrictJSON

/// What came of a sweep so far: the states of its trials, and the comparison of its variants.
public struct SweepReport: Sendable {
  /// What was run.
  public let plan: SweepPlan
  /// Where the results are.
  public let folder: SweepFolder
  /// The trials that are needed, or were run.
  public let trials: [SweepTrial]
  /// How far each of them is.
  public let states: [TrialState]
  /// What is shown beside the metric that the variants are compared by.
  public let otherMetrics: [String]
  /// The variants, compared.
  public let comparison: SweepComparison
  /// How values of the metric are written.
  public let format: MetricFormat

  /// The report on `plan` from the results in `folder`.
  ///
  /// - Parameter otherMetrics: What to show beside the plan's metric.
  /// - Throws: ``SweepError`` where the folder holds no results, or those of another plan.
  public init(
    _ plan: SweepPlan, in folder: SweepFolder, otherMetrics: [String] = []
  ) throws(SweepError) {
    let plan = try folder.check(against: plan)
    var states: [TrialState] = []
    for trial in plan.trials {
      states.append(try folder.state(trial.index).ranked(by: plan.metric.name))
    }
    let results = states.map(\.result)
    let needed = Set(SeedSchedule(plan, results: results).needed)
    let shown = states.indices.filter { needed.contains($0) || states[$0] != .open }
    let trials = plan.trials
    self.plan = plan
    self.folder = folder
    self.trials = shown.map { trials[$0] }
    self.states = shown.map { states[$0] }
    self.otherMetrics = otherMetrics
    comparison = SweepComparison(plan, results: results)
    format = MetricFormat(comparison)
  }

  /// Makes sure that for each of `names` a trial has reported the metric.
  ///
  /// - Throws: ``SweepError`` with the metrics that there are.
  public func checkMetrics(_ names: [String]) throws(SweepError) {
    let known = Set(states.flatMap { $0.result.map { Array($0.metrics.keys) } ?? [] })
    guard let missing = names.first(where: { !known.contains($0) }) else { return }
    let nearest = nearestName(to: missing, in: known.sorted()).map { "; did you mean \"\($0)\"?" }
    throw SweepError(
      plan.name,
      "no trial has reported the metric \(Diagnostic.quote(missing)); there are "
        + known.sorted().prefix(40).joined(separator: ", ") + (nearest ?? ""))
  }

  /// The mean of another metric over the trials of a variant; `nil` if none has it.
  public func mean(of metric: String, variant: Int) -> Double? {
    Estimate(
      zip(trials, states).compactMap { trial, state in
        trial.variantIndex == variant ? state.result?.metrics[metric] : nil
      })?.mean
  }

  /// The trials that ended without a value, and not because others were better, with what came of them.
  public var failures: [(trial: SweepTrial, result: TrialResult)] {
    zip(trials, states).compactMap { trial, state in
      guard let result = state.result, ![.finished, .stopped].contains(result.status)
      else { return nil }
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
