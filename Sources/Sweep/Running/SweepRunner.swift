import Dispatch
import Foundation
import Synchronization

/// Runs the trials of a sweep, several at once, beside other processes that do the same.
public struct SweepRunner: Sendable {
  /// What happened to a trial.
  public enum Event: Sendable {
    /// This process begins it.
    case started(SweepTrial)
    /// It ended, here or in another process.
    case ended(SweepTrial, TrialResult)
  }

  /// What is run.
  public let plan: SweepPlan
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
  ///     processor. They share the processors among them.
  ///   - plugins: The shared libraries that trials load beside those that their recipes name.
  public init(
    _ plan: SweepPlan, in folder: SweepFolder, losskit: String, concurrency: Int? = nil,
    plugins: [String] = []
  ) {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    let atOnce = max(1, min(concurrency ?? plan.concurrency ?? processors, plan.trialCount))
    self.plan = plan
    self.folder = folder
    self.concurrency = atOnce
    trialRunner = TrialRunner(
      plan: plan, folder: folder, losskit: losskit, threads: max(1, processors / atOnce),
      plugins: plugins.map { URL(filePath: $0).standardizedFileURL.path(percentEncoded: false) })
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
    try folder.prepare(for: plan)
    if retry {
      for trial in plan.trials { try reopen(trial.index) }
    }
    var open: [Int] = []
    for trial in plan.trials where try folder.result(trial.index) == nil {
      open.append(trial.index)
    }
    let queue = TrialQueue(open)
    let group = DispatchGroup()
    for _ in 0..<min(concurrency, open.count) {
      group.enter()
      Thread {
        work(on: queue, report)
        group.leave()
      }.start()
    }
    group.wait()
    if let error = queue.error { throw error }
  }

  /// Runs the trial at `index` unless it has a result, and answers its result.
  ///
  /// - Throws: ``SweepError`` where there is no such trial, another process is running it, or the
  ///   folder can't be used.
  public func run(trial index: Int, retry: Bool = false) throws(SweepError) -> TrialResult {
    guard let trial = plan.trial(index) else {
      throw SweepError(
        plan.name, "has no trial \(index); they are 0 to \(plan.trialCount - 1)")
    }
    try folder.prepare(for: plan)
    if retry { try reopen(index) }
    // Whoever asks for the state of a trial holds its lock for a moment.
    for _ in 0..<10 {
      if let claim = try trialRunner.claim(index) {
        if let result = try folder.result(index) { return result }
        return try trialRunner.run(trial, claim: claim)
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw SweepError(folder.trial(index), "another process is running this trial")
  }

  /// Takes back the result of a trial that failed.
  private func reopen(_ index: Int) throws(SweepError) {
    guard let result = try folder.result(index), result.status != .finished,
      let claim = try trialRunner.claim(index)
    else { return }
    let path = folder.file("result.json", ofTrial: index)
    if unlink(path) != 0 { throw .system("remove the result", path) }
    _ = consume claim
  }

  /// Runs trials from the queue until none is left.
  private func work(on queue: TrialQueue, _ report: @Sendable (Event) -> Void) {
    while let next = queue.next() {
      switch next {
      case .wait:
        Thread.sleep(forTimeInterval: 0.2)
      case .trial(let index):
        guard let trial = plan.trial(index) else { continue }
        do throws(SweepError) {
          guard let claim = try trialRunner.claim(index) else {
            queue.putBack(index)
            continue
          }
          if let result = try folder.result(index) {
            report(.ended(trial, result))
          } else {
            report(.started(trial))
            report(.ended(trial, try trialRunner.run(trial, claim: claim)))
          }
        } catch {
          queue.fail(error)
        }
      }
    }
  }
}
