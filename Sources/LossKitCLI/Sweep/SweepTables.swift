import CommandLineKit
import Foundation
import LossKit
import Sweep

/// What the terminal shows of a sweep.
enum SweepTables {
  /// The variants, ranked and compared.
  static func comparison(_ report: SweepReport) -> Table {
    let plan = report.plan
    let comparison = report.comparison
    let format = report.format
    let hasBase = comparison.base != nil && comparison.base != comparison.best
    var table = Table(
      [
        .init("variant"), .init(plan.metric.name, .decimal), .init("95 % interval"),
        .init("seeds", .right), .init("against the best"),
      ] + (hasBase ? [.init("against the base")] : [])
        + report.otherMetrics.map { .init($0, .decimal) })
    for row in comparison.rows {
      let isBest = row.variant == comparison.best
      let isBase = row.variant == comparison.base
      var cells = [plan.variants[row.variant].name]
      cells.append(row.estimate.map { format.text($0.mean) } ?? "")
      cells.append(
        row.estimate.map { $0.interval.map { format.text($0) } ?? "too few seeds" } ?? "")
      let needed = report.trialCount(variant: row.variant)
      cells.append("\(row.values.count { $0 != nil })/\(needed)")
      cells.append(
        isBest
          ? "best"
          : row.againstBest.map { text($0, format) } ?? report.shortfall(variant: row.variant) ?? ""
      )
      if hasBase {
        cells.append(isBase ? "base" : row.againstBase.map { text($0, format) } ?? "")
      }
      cells += report.otherMetrics.map { name in
        report.estimate(of: name, variant: row.variant)?.mean.formatted(significant: 4) ?? ""
      }
      table.append(cells)
    }
    return table
  }

  /// A row a trial.
  ///
  /// - Parameter places: Where a scheduler has trials, by their numbers.
  static func states(_ report: SweepReport, places: [Int: String], style: Style) -> Table {
    let plan = report.plan
    var table = Table([
      .init("trial", .right), .init("variant"), .init("seed", .right), .init("status"),
      .init(plan.metric.name, .decimal), .init("time", .right), .init("reason"),
    ])
    for (trial, state) in zip(report.trials, report.states) {
      let word: TerminalText = "\(state.word)"
      let styled =
        switch state {
        case .ended(let result) where result.status == .finished: style.green(word)
        case .ended(let result) where result.status == .stopped: word
        case .ended: style.red(word)
        case .running: style.bold(word)
        case .open, .interrupted: word
        }
      let result = state.result
      table.append(styled: [
        "\(trial.index)", "\(trial.variant.name)", "\(trial.seed)", styled,
        "\(result?.value.map { report.format.text($0) } ?? "")",
        "\(result.map { duration($0.seconds) } ?? "")",
        "\(result == nil ? places[trial.index] ?? "" : result?.reason ?? "")",
      ])
    }
    return table
  }

  /// How many trials are how far: `12 trials: 9 finished, 1 failed, 2 open`.
  static func summary(_ report: SweepReport) -> String {
    "\(report.trials.count) trials: \(report.summary)"
  }

  /// How large a sweep is: `4 variants × 5 seeds = 20 trials`.
  static func size(of plan: SweepPlan, _ schedule: SeedSchedule) -> String {
    let variants = counted(plan.variants.count, "variant")
    if let rule = plan.seedRule {
      return "\(variants) × \(rule.atLeast) to \(rule.atMost) seeds, until distinguished"
    }
    return
      "\(variants) × \(counted(plan.seeds.count, "seed")) = \(counted(schedule.count, "trial"))"
  }

  /// Seconds as people say them: `0.4 s`, `42 s`, `3 min 20 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    if seconds < 10 { return seconds.formatted(significant: 2) + " s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }

  private static func text(_ paired: PairedDifference, _ format: MetricFormat) -> String {
    let pValue =
      paired.pValue.map { pValue in
        pValue < 0.001 ? ", p < 0.001" : ", p = \(pValue.formatted(significant: 2))"
      } ?? ""
    return "\(format.difference(paired.difference.mean))\(pValue), \(paired.words)"
  }
}
