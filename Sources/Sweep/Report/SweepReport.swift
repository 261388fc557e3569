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
  /// Where the trials of a variant stand in ``trials``, by the variant's position in the plan.
  let places: [Int: [Int]]

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
    places = Dictionary(grouping: shown.indices) { trials[shown[$0]].variantIndex }
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

  /// Another metric over the trials of a variant; `nil` if none has it.
  public func estimate(of metric: String, variant: Int) -> Estimate? {
    Estimate(places[variant, default: []].compactMap { states[$0].result?.metrics[metric] })
  }

  /// How long the trials of a variant took that have a value; `nil` if none has.
  func seconds(variant: Int) -> Estimate? {
    Estimate(
      places[variant, default: []].compactMap {
        states[$0].result.flatMap { $0.value == nil ? nil : $0.seconds }
      })
  }

  /// How many trials of a variant are needed, or were run.
  public func trialCount(variant: Int) -> Int { places[variant, default: []].count }

  /// What became of the trials of a variant that have no value: `3 of 3 failed`; `nil` if all have one.
  public func shortfall(variant: Int) -> String? {
    let words = places[variant, default: []].map { states[$0].word }
    let counts = Self.counts(of: words.filter { $0 != TrialResult.Status.finished.rawValue })
    guard let first = counts.first else { return nil }
    return
      (["\(first.count) of \(words.count) \(first.word)"]
      + counts.dropFirst().map { "\($0.count) \($0.word)" }).joined(separator: ", ")
  }

  /// How many trials are how far: `9 finished, 1 failed, 2 open`.
  public var summary: String {
    Self.counts(of: states.map(\.word)).map { "\($0.count) \($0.word)" }.joined(separator: ", ")
  }

  private static func counts(of words: [String]) -> [(word: String, count: Int)] {
    var counts: [(word: String, count: Int)] = []
    for word in words.map({ $0.replacing("_", with: " ") }) {
      if let position = counts.firstIndex(where: { $0.word == word }) {
        counts[position].count += 1
      } else {
        counts.append((word, 1))
      }
    }
    return counts
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
  /// - Parameters:
  ///   - version: What makes the page, such as `LossKit 1.0.0`.
  ///   - isLive: Whether the page loads itself again every few seconds, as the sweep goes on.
  /// - Throws: ``SweepError`` where the folder can't be written.
  @discardableResult
  public func write(version: String = "LossKit", isLive: Bool = false) throws(SweepError) -> String
  {
    do throws(SweepError) {
      try folder.write(ResultsTable(self).csv, to: folder.file("results.csv"))
    } catch {
      throw SweepError(error.place, error.problem + "; report.html isn't written either")
    }
    let path = folder.file("report.html")
    try folder.write(ReportPage(self, version: version, isLive: isLive).html, to: path)
    return path
  }
}
