import Dispatch
import Foundation
import Synchronization

/// Runs the trials of a sweep, several at once, beside other processes that do the same.
public struct SweepRunner: Sendable {
  /// What happened to a trial.
  public enum Event: Sendable {
    /// The trials that are needed, of which those are run that have no result; with seeds spent by a
    /// rule, again after each round.
    case scheduled(SeedSchedule)
    /// This process begins it.
    case started(SweepTrial)
    /// It ended, here or in another process.
    case ended(SweepTrial, TrialResult)
  }

  /// What is run.
  public private(set) var plan: SweepPlan
  /// Where the results go.
  public let folder: SweepFolder
  /// How many trials run at once.
  public let concurrency: Int
  private let trialRunner: TrialRunner

  /// A runner of `plan` in `folder`.
  ///
  /// - Parameters:
  ///   - losskit: The path of the `losskit` command, which trains where the sweep names no command.
  ///   - concurrency: How many trials to run at once: what the file says where left out, else one a
  ///     processor of the reference detector, and one of another trainer, which may need a device for
  ///     itself. They share the processors among them.
  ///   - processors: How many processors the trials share; those of the machine where left out.
  ///   - plugins: The shared libraries that trials load beside those that their recipes name.
  ///   - version: What runs the trials, as their results keep it: `LossKit 1.0.0`.
  ///   - signals: Signals that end a trainer well, with its time of grace, before they end the process.
  public init(
    _ plan: SweepPlan, in folder: SweepFolder, losskit: String, concurrency: Int? = nil,
    processors: Int? = nil, plugins: [String] = [], version: String = "LossKit",
    endingOn signals: [Int32] = []
  ) {
    let processors = processors ?? ProcessInfo.processInfo.activeProcessorCount
    let usual = plan.trainsReferenceDetector ? processors : 1
    let atOnce = max(1, min(concurrency ?? plan.concurrency ?? usual, plan.trialCount))
    self.plan = plan
    self.folder = folder
    self.concurrency = atOnce
    trialRunner = TrialRunner(
      plan: plan, folder: folder, losskit: losskit, threads: max(1, processors / atOnce),
      plugins: plugins.map { URL(filePath: $0).standardizedFileURL.path(percentEncoded: false) },
      version: version, signals: signals)
  }

  /// Runs all trials that have no result, and returns once every trial has one.
  ///
  /// Trials that another process is running are waited for, and run here if it is killed.
  ///
  /// - Parameters:
  ///   - retry: Whether trials that failed are run again.
  ///   - report: Told of what happens, from several threads.
  /// - Throws: ``SweepError`` where the folder can't be used; trials that run are finished first.
  public func run(
    retry: Bool = false, report: @escaping @Sendable (Event) -> Void
  ) throws(SweepError) {
    var runner = self
    runner.plan = try folder.prepare(for: plan)
    try runner.runPrepared(retry: retry, report)
  }

  private func runPrepared(
    retry: Bool, _ report: @escaping @Sendable (Event) -> Void
  ) throws(SweepError) {
    let trials = plan.trials
    try folder.reopen(trials.map(\.index), for: plan, retry: retry)
    while true {
      try BracketWatch.settle(plan, in: folder)
      let results = try folder.results(of: trials, by: plan.metric)
      let schedule = SeedSchedule(plan, results: results)
      report(.scheduled(schedule))
      let open = schedule.needed.filter { results[$0] == nil }.map { trials[$0] }
      if open.isEmpty { return }
      let queue = TrialQueue(open)
      let group = DispatchGroup()
      for slot in 0..<min(concurrency, open.count) {
        group.enter()
        Thread {
          work(on: queue, slot: slot, report)
          group.leave()
        }.start()
      }
      group.wait()
      if let error = queue.error { throw error }
    }
  }

  /// Runs the trial at `index` unless it has a result, and answers its result.
  ///
  /// - Throws: ``SweepError`` where there is no such trial, another process is running it, or the
  ///   folder can't be used.
  public func run(trial index: Int, retry: Bool = false) throws(SweepError) -> TrialResult {
    let numbered = try folder.prepare(for: plan)
    guard let trial = numbered.trial(index) else {
      let numbers = numbered.trials.map(\.index)
      throw SweepError(
        plan.name,
        "has no trial \(index); they are \(numbers.min() ?? 0) to \(numbers.max() ?? 0)")
    }
    try folder.reopen([index], for: plan, retry: retry)
    // Whoever asks for the state of a trial holds its lock for a moment.
    for _ in 0..<10 {
      if let claim = try folder.claim(index) {
        if let result = try folder.result(index) { return result.ranked(by: plan.metric.name) }
        let result = try trialRunner.run(trial, of: numbered, slot: 0, claim: claim)
        try BracketWatch.settle(numbered, in: folder)
        return result
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw SweepError(folder.trial(index), "another process is running this trial")
  }

  /// Runs trials from the queue until none is left.
  private func work(on queue: TrialQueue, slot: Int, _ report: @Sendable (Event) -> Void) {
    while let next = queue.next() {
      switch next {
      case .wait:
        Thread.sleep(forTimeInterval: 0.2)
      case .trial(let trial):
        do throws(SweepError) {
          guard let claim = try folder.claim(trial.index) else {
            queue.putBack(trial)
            continue
          }
          if let result = try folder.result(trial.index) {
            report(.ended(trial, result.ranked(by: plan.metric.name)))
          } else {
            report(.started(trial))
            let result = try trialRunner.run(trial, of: plan, slot: slot, claim: claim)
            report(.ended(trial, result))
            try BracketWatch.settle(plan, in: folder)
          }
        } catch {
          queue.fail(error)
        }
      }
    }
  }
}
