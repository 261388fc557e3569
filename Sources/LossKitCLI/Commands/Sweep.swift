import CommandLineKit
import Foundation
import LossKit
import ResourceLimits
import Sweep

extension Command {
  private static let concurrency = Argument.option(
    "concurrency", .integer("N", in: 1...Limits.trialsAtOnce),
    help: "Trials to run at once, instead of what the file says.")
  private static let retry = Argument.flag("retry", help: "Run again what failed.")
  private static let dryRun = Argument.flag(
    "dry-run", help: "Check everything, and show what would run and how long that may take.")
  private static let fork = Argument.option(
    "fork", .path("NEW"),
    help: """
      Leave the results as they are, and run in this folder, which takes over what means the same: for a \
      sweep whose data, model or base recipe has changed.
      """)
  private static let metrics = Argument.repeatableOption(
    "metric", .text("NAME"),
    help: """
      Compare by this metric instead of the sweep's, whichever the trainer reported; given again, show \
      another one beside it.
      """)
  private static let goal = Argument.option(
    "goal", .choice("GOAL", from: SweepMetric.Goal.allCases.map(\.rawValue)),
    help: "Which way the first --metric is better.")
  private static let indices = Argument.repeatableOption(
    "index", .integer("N", in: 0 ... .max),
    help: "The trial, by the number of its folder, from 0; given again, another one after it.")

  /// `losskit sweep`.
  static let sweep = Command(
    "sweep", summary: "Train with many recipes and seeds, and say which is better.",
    discussion: """
      A sweep file names recipes or values to try, seeds, and the metric to compare by. Each trial is \
      trained by a command in a process of its own. A sweep that was interrupted goes on when it is \
      run again; several processes, on several machines, may run one sweep in one folder. Shared \
      libraries that the recipes name are loaded with --allow-plugins, and trials get them in \
      LOSSKIT_PLUGINS.
      """,
    examples: [
      UsageExample(
        "losskit sweep run Configs/sweeps/quickstart.json", "Run a sweep, or go on with it."),
      UsageExample("losskit sweep status Configs/sweeps/quickstart.json", "See how far it is."),
    ],
    subcommands: [run, trial, status, report, sweepSubmit, sweepCancel])

  private static let run = Command(
    "run", summary: "Run all trials that have no result yet, and write the report.",
    discussion: """
      Before anything runs the whole sweep is checked: its files, the settings of all variants, the data, \
      the metric, and a first step of each variant. While trials run, report.html in the folder of the results is \
      kept current, and can be watched in a browser. The last line of the output is its path. The status is 1 \
      where a trial failed.
      """,
    arguments: [
      SweepOptions.file, SweepOptions.out, concurrency, retry, dryRun, fork, Options.plugins,
      Options.allowPlugins,
      Options.strict,
    ]
  ) { call in
    let (plan, old) = try call.sweep
    let fork = try call[fork].map { SweepFolder($0) }
    let folder = fork ?? old
    let schedule = try folder.schedule(of: plan)
    let check = try SweepCheck(
      plan, untried: schedule.untried, registry: try call.registry,
      allowsPlugins: try call[Options.allowPlugins], timesSteps: try call[dryRun],
      progressOn: call.output.standardError)
    try call.warn(check.warnings.lines(of: plan))
    let runner = SweepRunner(
      plan, in: folder, losskit: executable, concurrency: try call[concurrency],
      plugins: try call[Options.plugins], version: version)
    let style = call.output.standardOutput.style
    if try call[dryRun] {
      let forecast = SweepForecast(
        plan, schedule, secondsOfTraining: check.seconds, concurrency: runner.concurrency)
      try call.output.print(forecast.table.text(style: style))
      return try call.output.print("\n\(forecast.summary)")
    }
    if let fork {
      let count = try fork.takeOver(from: old, for: plan)
      call.output.report("\(count) of \(plan.trialCount) trials mean the same and are taken over")
    }
    let progress = SweepProgress(
      plan, folder, concurrency: runner.concurrency, on: call.output.standardError)
    let retries = try call[retry]
    try LiveReport(plan, in: folder, version: version).keep { () throws(SweepError) in
      try runner.run(retry: retries) { progress.show($0) }
    }
    progress.finish()
    let report = try SweepReport(plan, in: folder)
    try call.show(
      report, path: Result { () throws(SweepError) in try report.write(version: version) })
    let failed = report.failures.count
    if failed > 0 { throw FailedTrials(count: failed, total: report.trials.count) }
  }

  private static let trial = Command(
    "trial", summary: "Run one trial or some, as a job scheduler may.",
    discussion: """
      A trial depends on the sweep file and its number alone, so that any number of them may run \
      anywhere, in any order. A trial that has a result is not run again. SIGTERM ends it with a \
      checkpoint, if the trainer writes one within the sweep's grace_time.
      """,
    arguments: [
      SweepOptions.file, indices, SweepOptions.out, retry, Options.threads, Options.plugins,
      Options.allowPlugins,
    ],
    examples: [UsageExample("losskit sweep trial sweep.json --index 7", "Run the eighth trial.")]
  ) { call in
    let indices = try call[indices]
    guard !indices.isEmpty else { throw UsageError("missing option --index") }
    let (plan, folder) = try call.sweep
    let runner = SweepRunner(
      plan, in: folder, losskit: executable, concurrency: 1, processors: try call[Options.threads],
      plugins: try call[Options.plugins], version: version, endingOn: [SIGTERM])
    var failures: [String] = []
    for index in indices {
      let result = try runner.run(trial: index, retry: try call[retry])
      if let value = result.value {
        try call.output.print("\(plan.metric.name) \(value.formatted(significant: 6))")
      } else if result.status == .stopped {
        try call.output.print("\(result.reason ?? "stopped")")
      } else {
        failures.append("trial \(index): \(result.reason ?? result.status.rawValue)")
      }
    }
    if !failures.isEmpty { throw FailedTrial(lines: failures) }
  }

  private static let status = Command(
    "status", summary: "Show how far each trial is, and where a scheduler has it.",
    arguments: [
      SweepOptions.file, SweepOptions.out, Options.plugins, Options.allowPlugins,
    ]
  ) { call in
    let (plan, folder) = try call.sweep
    let report = try SweepReport(plan, in: folder)
    call.warnOfVersions(report)
    var places: [Int: String] = [:]
    do throws(SweepError) {
      places = try ClusterStates(in: folder).words
    } catch {
      call.output.report(warning: "where the scheduler has the trials isn't known: \(error)")
    }
    let style = call.output.standardOutput.style
    let table = SweepTables.states(report, places: places, style: style)
    try call.output.print(table.text(style: style))
    try call.output.print("\n\(SweepTables.summary(report))")
  }

  private static let report = Command(
    "report", summary: "Compare the variants by the results so far, and write the report.",
    discussion: """
      Writes results.csv and report.html into the folder of the results. Variants are ranked by the \
      mean of the metric over the seeds, with its 95 % interval, and compared seed by seed; p-values \
      are corrected for the number of comparisons. JSON has the variants in the order of the ranking, with \
      mean, interval and verdicts, the verdicts on all pairs, and the metrics of all trials. Where the folder \
      can't be written, the comparison is printed all the same, and the status is 1.
      """,
    arguments: [
      SweepOptions.file, SweepOptions.out, metrics, goal, Options.plugins, Options.allowPlugins,
      Options.json,
    ],
    examples: [
      UsageExample(
        "losskit sweep report sweep.json --metric AP75 --metric AR_100 --goal maximize",
        "Rank by AP75, and show AR_100 beside it.")
    ]
  ) { call in
    var (plan, folder) = try call.sweep
    let metrics = try call[metrics]
    let goal = try call[goal].flatMap { SweepMetric.Goal(rawValue: $0) }
    if let first = metrics.first {
      guard let goal = goal ?? (first == plan.metric.name ? plan.metric.goal : nil) else {
        throw UsageError("--metric \(first) needs --goal maximize or --goal minimize")
      }
      plan.metric = SweepMetric(name: first, goal: goal)
    } else if goal != nil {
      throw UsageError(
        "--goal goes with --metric; that of \(plan.metric.name) stands in the sweep file")
    }
    let settled = Result { () throws(SweepError) in try folder.settle(for: plan) }
    let report = try SweepReport(
      plan, in: folder, otherMetrics: metrics.dropFirst().filter { $0 != plan.metric.name })
    try report.checkMetrics(metrics)
    let path = settled.flatMap {
      Result { () throws(SweepError) in try report.write(version: version) }
    }
    try call.show(report, path: path, asJSON: try call[Options.json])
  }

  /// What reports are made by.
  private static let version = "LossKit \(LossKitVersion.current)"

  /// The path of this command, for trials that call it.
  static var executable: String {
    Bundle.main.executablePath ?? CommandLine.arguments.first ?? "losskit"
  }
}

extension Invocation {
  /// Prints a comparison, and then the path of its page or why there is none: whoever may only read the folder
  /// has the comparison all the same.
  fileprivate func show(
    _ report: SweepReport, path: Result<String, SweepError>, asJSON: Bool = false
  ) throws {
    warnOfVersions(report)
    if asJSON {
      try output.print(json: report.node)
    } else {
      let style = output.standardOutput.style
      try output.print(SweepTables.comparison(report).text(style: style))
    }
    let page = try path.get()
    if !asJSON { try output.print("\n\(page)") }
  }

  /// Says so where results of several versions are compared.
  fileprivate func warnOfVersions(_ report: SweepReport) {
    guard report.hasSeveralVersions, let versions = report.versions else { return }
    output.report(warning: "results of several versions are compared: \(versions)")
  }
}

/// Some trials of a sweep have no value.
private struct FailedTrials: Error, CustomStringConvertible {
  let count: Int
  let total: Int

  var description: String {
    "\(count) of \(total) trials failed; the report says why, and --retry runs them again"
  }
}

/// Trials that were run by themselves have no value.
private struct FailedTrial: LinedError {
  let lines: [String]
}
