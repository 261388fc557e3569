import CommandLineKit
import Detector
import Foundation
import LossKit
import ResourceLimits
import Sweep

extension Command {
  fileprivate static let file = Argument.required(.path("SWEEP"), help: "The sweep file.")
  fileprivate static let out = Argument.option(
    "out", .path("DIR"),
    help: "The folder of the results; runs/NAME, by the file's name, where left out.")
  private static let concurrency = Argument.option(
    "concurrency", .integer("N", in: 1...Limits.trialsAtOnce),
    help: "Trials to run at once, instead of what the file says, or else one a processor.")
  private static let retry = Argument.flag("retry", help: "Run again what failed.")
  private static let index = Argument.requiredOption(
    "index", .integer("N", in: 0...Limits.sweepTrials), help: "The trial, from 0.")

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
    subcommands: [run, trial, status, report])

  private static let run = Command(
    "run", summary: "Run all trials that have no result yet, and write the report.",
    discussion: """
      The last line of the output is the path of the report. The status is 1 where a trial failed.
      """,
    arguments: [
      file, out, concurrency, retry, Options.plugins, Options.allowPlugins, Options.strict,
    ]
  ) { call in
    let (plan, folder) = try call.sweep
    try call.warn(plan.warnings)
    let runner = SweepRunner(
      plan, in: folder, losskit: executable, concurrency: try call[concurrency],
      plugins: try call[Options.plugins])
    let progress = SweepProgress(
      plan, folder, concurrency: runner.concurrency, on: call.output.standardError)
    try runner.run(retry: try call[retry]) { progress.show($0) }
    progress.finish()
    let report = try SweepReport(plan, in: folder)
    let path = try report.write()
    let style = call.output.standardOutput.style
    try call.output.print(SweepTables.comparison(report).text(style: style))
    try call.output.print("\n\(path)")
    let failed = report.failures.count
    if failed > 0 { throw FailedTrials(count: failed, total: plan.trialCount) }
  }

  private static let trial = Command(
    "trial", summary: "Run one trial, as a job scheduler may.",
    discussion: """
      A trial depends on the sweep file and its index alone, so that any number of them may run \
      anywhere, in any order. A trial that has a result is not run again.
      """,
    arguments: [file, index, out, retry, Options.plugins, Options.allowPlugins],
    examples: [UsageExample("losskit sweep trial sweep.json --index 7", "Run the eighth trial.")]
  ) { call in
    let (plan, folder) = try call.sweep
    let runner = SweepRunner(
      plan, in: folder, losskit: executable, concurrency: 1, plugins: try call[Options.plugins])
    let index = try call[index]
    let result = try runner.run(trial: index, retry: try call[retry])
    guard let value = result.value else {
      throw FailedTrial(index: index, reason: result.reason ?? result.status.rawValue)
    }
    try call.output.print("\(plan.metric.name) \(value.formatted(significant: 6))")
  }

  private static let status = Command(
    "status", summary: "Show how far each trial is.",
    arguments: [file, out, Options.plugins, Options.allowPlugins]
  ) { call in
    let (plan, folder) = try call.sweep
    let report = try SweepReport(plan, in: folder)
    let style = call.output.standardOutput.style
    try call.output.print(SweepTables.states(report, style: style).text(style: style))
    try call.output.print("\n\(SweepTables.summary(report))")
  }

  private static let report = Command(
    "report", summary: "Compare the variants by the results so far, and write the report.",
    discussion: """
      Writes results.csv and report.html into the folder of the results. Variants are ranked by the \
      mean of the metric over the seeds, with its 95 % interval, and compared seed by seed; p-values \
      are corrected for the number of comparisons.
      """,
    arguments: [file, out, Options.plugins, Options.allowPlugins]
  ) { call in
    let (plan, folder) = try call.sweep
    let report = try SweepReport(plan, in: folder)
    let path = try report.write()
    let style = call.output.standardOutput.style
    try call.output.print(SweepTables.comparison(report).text(style: style))
    try call.output.print("\n\(path)")
  }

  /// The path of this command, for trials that call it.
  private static var executable: String {
    Bundle.main.executablePath ?? CommandLine.arguments.first ?? "losskit"
  }
}

extension Invocation {
  /// The sweep that the call names, and the folder of its results.
  fileprivate var sweep: (plan: SweepPlan, folder: SweepFolder) {
    get throws {
      let path = try self[Command.file]
      let plan = try SweepPlan(
        contentsOf: path, registry: try registry, allowsPlugins: try self[Options.allowPlugins])
      let stem = URL(filePath: path).deletingPathExtension().lastPathComponent
      return (plan, SweepFolder(try self[Command.out] ?? "runs/\(stem)"))
    }
  }
}

extension SweepPlan {
  /// What is probably wrong with settings of the reference detector, where that is trained.
  fileprivate var warnings: [String] {
    guard command.words.starts(with: ["{losskit}", "train"]) else { return [] }
    return variants.flatMap { variant in
      // Settings that can't be used are the trainer's to tell.
      ((try? ModelFile(variant.model))?.training.warnings ?? []).map {
        "\(name), \(variant.name): \($0)"
      }
    }
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

/// A trial that was run by itself has no value.
private struct FailedTrial: Error, CustomStringConvertible {
  let index: Int
  let reason: String

  var description: String { "trial \(index): \(reason)" }
}
