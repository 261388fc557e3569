import Foundation
import StrictJSON

/// Hands the trials of a sweep to Slurm: a job array with a task for one trial or more, and a job that
/// comes after it and writes the report, or submits the next round of seeds.
public struct ClusterSubmission: Sendable {
  /// How trials are submitted.
  public struct Options: Sendable {
    /// How many tasks run at once at most, if there is a limit.
    public var tasksAtOnce: Int?
    /// How many trials a task runs, one after another.
    public var trialsPerTask = 1
    /// What `sbatch` is given beside what is needed, such as `--partition=gpu`.
    public var sbatch: [String] = []

    /// A task for each trial, as many at once as there is room for.
    public init() {}
  }

  /// What was submitted.
  public struct Outcome: Sendable {
    /// How many trials.
    public let trials: Int
    /// The numbers of the job arrays, and of the job after them.
    public let jobs: [String]
    /// How many trials wait or run already.
    public let queued: Int
    /// How many have results.
    public let ended: Int
  }

  private let plan: SweepPlan
  private let folder: SweepFolder
  private let options: Options
  private let slurm: Slurm
  /// The command that runs trials, up to what says which: `losskit sweep trial FILE --out DIR`.
  private let trialCommand: [String]
  /// The commands of the job after the array, up to the jobs that it comes after.
  private let nextCommand: [String]
  private let reportCommand: [String]

  /// The most tasks of an array, by Slurm's default.
  private static let mostTasks = 1000
  /// How many seconds before its time limit a task is told, beside the trainer's time of grace; Slurm may
  /// tell it up to a minute earlier.
  private static let notice = 20.0

  /// A submission of `plan`, whose results go to `folder`.
  ///
  /// - Parameters:
  ///   - losskit: The path of the `losskit` command, the same on all nodes.
  ///   - file: The path of the sweep file, the same on all nodes.
  ///   - arguments: What else each command is given, such as `--allow-plugins`.
  ///   - submitArguments: What `losskit sweep submit` is given beside, to submit the next round alike.
  public init(
    _ plan: SweepPlan, in folder: SweepFolder, options: Options, losskit: String, file: String,
    arguments: [String], submitArguments: [String], slurm: Slurm = Slurm()
  ) {
    let path = URL(filePath: file).absoluteURL.path(percentEncoded: false)
    func command(_ name: String) -> [String] {
      [losskit, "sweep", name, path, "--out", folder.path] + arguments
    }
    self.plan = plan
    self.folder = folder
    self.options = options
    self.slurm = slurm
    trialCommand = command("trial")
    nextCommand = command("submit") + submitArguments
    reportCommand = command("report")
  }

  /// Submits the trials that are needed and have no result, and that nobody runs or has in a queue.
  ///
  /// - Parameter earlier: Jobs whose trials must have ended; without that nothing is submitted, so that a
  ///   trial that ends its node isn't submitted forever.
  /// - Throws: ``SweepError`` where the folder can't be used, or the scheduler isn't there or refuses.
  public func submit(after earlier: [String] = []) throws(SweepError) -> Outcome {
    let plan = try folder.prepare(for: plan)
    try SweepFolder.make(folder.file("slurm"))
    // Two calls at once would submit all twice.
    let lock = try SweepFolder.lock(folder.file("slurm/.lock"), waits: true)
    var jobs = try ClusterJobs(in: folder)
    let trials = plan.trials
    // Those that were stopped by a rule that the file no longer has.
    try folder.reopen(trials.map(\.index), for: plan, retry: false)
    let results = try folder.results(of: trials, by: plan.metric)
    let schedule = SeedSchedule(plan, results: results)
    let open = schedule.needed.filter { results[$0] == nil }.map { trials[$0].index }
    let ended = Set(trials.indices.filter { results[$0] != nil }.map { trials[$0].index })
    let before = jobs.jobs.filter { earlier.contains($0.id) }.flatMap { $0.tasks.joined() }
    guard before.allSatisfy(ended.contains) else {
      _ = consume lock
      return Outcome(trials: 0, jobs: [], queued: 0, ended: schedule.ended)
    }
    let queued = try ClusterStates(in: folder, of: slurm).queued
    let missing = open.filter { !queued.contains($0) && !folder.isRunning($0) }
    var submitted: [String] = []
    for first in stride(from: 0, to: missing.count, by: options.trialsPerTask * Self.mostTasks) {
      let chunk = missing[first...].prefix(options.trialsPerTask * Self.mostTasks)
      let tasks = stride(from: 0, to: chunk.count, by: options.trialsPerTask).map {
        Array(chunk.dropFirst($0).prefix(options.trialsPerTask))
      }
      let id = try submit(tasks, number: jobs.jobs.count)
      jobs.jobs.append(ClusterJobs.Job(id: id, tasks: tasks, next: nil))
      submitted.append(id)
      try jobs.write(to: folder)
    }
    if !submitted.isEmpty {
      let next = try submitNext(after: submitted)
      for index in jobs.jobs.indices where submitted.contains(jobs.jobs[index].id) {
        jobs.jobs[index].next = next
      }
      submitted.append(next)
      try jobs.write(to: folder)
    }
    _ = consume lock
    return Outcome(
      trials: missing.count, jobs: submitted, queued: open.count - missing.count,
      ended: schedule.ended)
  }

  /// Takes the sweep's jobs out of the queue, and answers how many trials were in it.
  ///
  /// - Throws: ``SweepError`` where the scheduler doesn't answer.
  public static func cancel(
    in folder: SweepFolder, of slurm: Slurm = Slurm()
  ) throws(SweepError) -> Int {
    let jobs = try ClusterJobs(in: folder).jobs
    let queue = jobs.isEmpty ? [:] : try slurm.queue()
    let alive = Set(queue.keys.map { String($0.prefix { $0 != "_" }) })
    // The jobs after come first, or they would begin.
    let ids = jobs.compactMap(\.next) + jobs.map(\.id)
    let known = NSOrderedSet(array: ids.filter(alive.contains)).array.compactMap { $0 as? String }
    let count = try ClusterStates(in: folder, of: slurm).queued.count
    if !known.isEmpty { try slurm.cancel(known) }
    return count
  }

  /// Submits an array, and answers its number.
  private func submit(_ tasks: [[Int]], number: Int) throws(SweepError) -> String {
    let lists = folder.file("slurm/\(number).trials")
    let text = tasks.map { trials in trials.map { "--index \($0)" }.joined(separator: " ") + "\n" }
    try folder.write(text.joined(), to: lists)
    // Told of its time limit, a task stops with a checkpoint, and takes its place in the queue again. What
    // ends it otherwise, scancel or preemption, is the scheduler's to follow up.
    // By the array's number: the last task has it for its own, and would requeue them all.
    let script = folder.file("slurm/\(number).sh")
    try folder.write(
      """
      #!/bin/sh
      trials=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" \(Self.quoted(lists)))
      \(Self.quoted(trialCommand)) --threads "${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}" $trials &
      trial=$!
      trap 'kill -TERM "$trial"' TERM
      trap 'again=yes; kill -TERM "$trial"' USR1
      wait "$trial"
      status=$?
      while kill -0 "$trial" 2>/dev/null; do wait "$trial"; status=$?; done
      if [ -n "$again" ]; then scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"; fi
      exit "$status"

      """, to: script)
    let limit = options.tasksAtOnce.map { "%\($0)" } ?? ""
    let notice = Int((plan.graceTime + Self.notice).rounded(.up))
    return try slurm.submit(
      common + [
        "--array=0-\(tasks.count - 1)\(limit)", "--requeue", "--signal=B:USR1@\(notice)",
        "--output=\(logs)/%A_%a.log",
      ] + options.sbatch, script: script)
  }

  /// Submits the job after arrays, and answers its number.
  private func submitNext(after jobs: [String]) throws(SweepError) -> String {
    let script = folder.file("slurm/report.sh")
    let next =
      plan.seedRule == nil
      ? "" : Self.quoted(nextCommand + jobs.flatMap { ["--after", $0] }) + "\n"
    try folder.write("#!/bin/sh\n\(next)\(Self.quoted(reportCommand))\n", to: script)
    return try slurm.submit(
      common + [
        "--dependency=afterany:\(jobs.joined(separator: ":"))", "--output=\(logs)/report.log",
      ] + options.sbatch, script: script)
  }

  private var common: [String] {
    ["--job-name=losskit-\(plan.name.filter { $0.isLetter || $0.isNumber })", "--open-mode=append"]
  }

  /// The folder of logs, in which a percent sign has a meaning to Slurm.
  private var logs: String { folder.file("slurm").replacing("%", with: "%%") }

  private static func quoted(_ words: [String]) -> String {
    words.map(quoted).joined(separator: " ")
  }

  private static func quoted(_ word: String) -> String {
    "'\(word.replacing("'", with: "'\\''"))'"
  }
}
