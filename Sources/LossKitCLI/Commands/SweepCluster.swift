import CommandLineKit
import Foundation
import LossKit
import ResourceLimits
import Sweep

extension Command {
  private static let engine = Argument.option(
    "engine", .choice("ENGINE", from: ["slurm"]), default: "slurm", help: "The scheduler.")
  private static let partition = Argument.option(
    "partition", .text("NAME"), help: "The part of the cluster that the trials run on.")
  private static let parallel = Argument.option(
    "array-parallel", .integer("N", in: 1...Limits.sweepTrials),
    help: "Tasks to run at once at most.")
  private static let trialsPerTask = Argument.option(
    "trials-per-task", .integer("N", in: 1...Limits.sweepTrials), default: 1,
    help: "Trials that a task runs one after another.")
  private static let sbatchOptions = Argument.repeatableOption(
    "sbatch-option", .text("OPTION"),
    help: "An option for sbatch, such as --gres=gpu:1 or --time=2:00:00; may be given many times.")
  private static let after = Argument.repeatableOption(
    "after", .text("JOB"),
    help: """
      Submit only if all trials of this job have ended: what the job between two rounds of seeds does.
      """)

  /// `losskit sweep submit`.
  static let sweepSubmit = Command(
    "submit", summary: "Hand the trials that have no result to a cluster's scheduler.",
    discussion: """
      A job array has a task for each trial, and a job after it writes the report. The folder of the \
      results must be on a file system that all nodes share, with locks. Called again, only what has no \
      result and isn't in the queue is submitted. A task that comes to its time limit, or that is \
      preempted, ends with a checkpoint, and goes on from it later. Where a rule spends the seeds, the job \
      after the array submits the next round.
      """,
    arguments: [
      SweepOptions.file, engine, SweepOptions.out, partition, parallel, trialsPerTask,
      sbatchOptions,
      after, Options.plugins, Options.allowPlugins, Options.strict,
    ],
    examples: [
      UsageExample(
        """
        losskit sweep submit sweep.json --engine slurm --partition gpu --sbatch-option=--gres=gpu:1
        """, "A task with a GPU for each trial.")
    ]
  ) { call in
    let (plan, folder) = try call.sweep
    let after = try call[after]
    let schedule = try folder.schedule(of: plan)
    if after.isEmpty {
      let check = try SweepCheck(
        plan, untried: schedule.untried, registry: try call.registry,
        allowsPlugins: try call[Options.allowPlugins], timesSteps: false,
        progressOn: call.output.standardError)
      try call.warn(check.warnings.lines(of: plan))
    }
    var options = ClusterSubmission.Options()
    options.tasksAtOnce = try call[parallel]
    options.trialsPerTask = try call[trialsPerTask]
    options.sbatch = try call[partition].map { ["--partition=\($0)"] } ?? []
    options.sbatch += try call[sbatchOptions]
    let plugins = try call[Options.plugins].map {
      URL(filePath: $0).standardizedFileURL.path(percentEncoded: false)
    }
    var arguments = plugins.flatMap { ["--plugin", $0] }
    if try call[Options.allowPlugins] { arguments.append("--allow-plugins") }
    let submission = ClusterSubmission(
      plan, in: folder, options: options, losskit: executable, file: try call[SweepOptions.file],
      arguments: arguments,
      submitArguments: options.sbatch.map { "--sbatch-option=\($0)" }
        + ["--trials-per-task", "\(options.trialsPerTask)"]
        + (options.tasksAtOnce.map { ["--array-parallel", "\($0)"] } ?? []))
    let outcome = try submission.submit(after: after)
    let counted = "\(outcome.ended) have results, \(outcome.queued) run or are in the queue"
    try call.output.print(
      outcome.trials == 0
        ? "nothing is submitted: \(counted)"
        : "\(outcome.trials) of \(schedule.count) trials are submitted, as job "
          + "\(outcome.jobs.dropLast().joined(separator: ", ")); \(counted)")
    if let report = outcome.jobs.last {
      try call.output.print("job \(report) writes \(folder.file("report.html")) afterwards")
    }
  }

  /// `losskit sweep cancel`.
  static let sweepCancel = Command(
    "cancel", summary: "Take what was submitted out of the scheduler's queue.",
    discussion:
      "Trials that run end with a checkpoint, and go on from it when they are submitted again.",
    arguments: [SweepOptions.file, SweepOptions.out, Options.plugins, Options.allowPlugins]
  ) { call in
    let (_, folder) = try call.sweep
    let count = try ClusterSubmission.cancel(in: folder)
    try call.output.print("\(count) trials are taken out of the queue")
  }
}
