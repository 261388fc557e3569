import Bundle
import Foundation
import ResourceLimits
import StrictJSON
import TrainingLogs

/// The folder of a sweep's results.
///
///     sweep.json            what the results depend on, and which trial is which
///     results.csv           a row a trial
///     report.html           the comparison
///     trials/0007/          a trial
///       trial.json          its variant, its values, its seed
///       recipe.json         its recipe, complete
///       model.json          its settings of model and training
///       metrics.jsonl       what the trainer reported, and whatever else it keeps
///       brackets.json       where others may stop it, and what was decided there
///       detections.json     what the model finds on some images, where the trainer shows that
///       evaluation.json     errors by kind and curves of precision, where the trainer tells
///       log.txt             what the trainer printed; locked while somebody runs the trial
///       result.json         what came of it; written last
public struct SweepFolder: Sendable {
  /// The path of the folder, absolute.
  public let path: String

  /// The folder at `path`, which may not exist yet.
  public init(_ path: String) {
    self.path = URL(filePath: path, directoryHint: .isDirectory).absoluteURL.standardizedFileURL
      .path(percentEncoded: false)
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String {
    URL(filePath: path, directoryHint: .isDirectory).appending(path: name)
      .path(percentEncoded: false)
  }

  /// The path of a trial's folder.
  public func trial(_ index: Int) -> String {
    file("trials/" + String(format: "%04d", index))
  }

  /// The path of a file in a trial's folder.
  public func file(_ name: String, ofTrial index: Int) -> String {
    trial(index) + "/" + name
  }

  /// Makes the folder, or makes sure that the results in it are of what `plan` says, and answers the plan
  /// with the numbers that its trials have there.
  ///
  /// Variants and seeds may have come and gone, since that changes no trial.
  ///
  /// - Throws: ``SweepError`` where the folder can't be written, or the plan means something else, with
  ///   what has changed; unless all that is there has failed.
  @discardableResult
  public func prepare(for plan: SweepPlan) throws(SweepError) -> SweepPlan {
    try Self.make(path)
    // Two processes may begin at once.
    let lock = try Self.lock(file(".lock"), waits: true)
    AtomicFile.removeAbandoned(in: path)
    let (old, node) = try definition(for: plan)
    var definition = old ?? SweepDefinition(meaning: plan.meaning)
    definition.meaning = plan.meaning
    let numbered = definition.add(plan)
    if definition.node != node { try write(definition.node, to: file("sweep.json")) }
    _ = consume lock
    return numbered
  }

  /// Makes sure that the folder holds results of what `plan` says, and answers the plan with the numbers
  /// that its trials have there.
  ///
  /// - Throws: ``SweepError`` where it doesn't, with what has changed.
  public func check(against plan: SweepPlan) throws(SweepError) -> SweepPlan {
    guard var old = try definition(for: plan).definition, !old.variants.members.isEmpty else {
      throw SweepError(path, "holds no results; run the sweep first, or name its folder with --out")
    }
    return old.add(plan)
  }

  /// Which trials of `plan` are needed by what came of them so far, without a change to the folder, which
  /// may not exist yet.
  ///
  /// - Throws: ``SweepError`` where the folder holds results of something else.
  public func schedule(of plan: SweepPlan) throws(SweepError) -> SeedSchedule {
    guard var old = try definition(for: plan).definition else {
      return SeedSchedule(plan, results: Array(repeating: nil, count: plan.trialCount))
    }
    return SeedSchedule(plan, results: try results(of: old.add(plan).trials, by: plan.metric))
  }

  /// What came of trials so far, as a metric sees it.
  func results(
    of trials: [SweepTrial], by metric: SweepMetric
  ) throws(SweepError) -> [TrialResult?] {
    var results: [TrialResult?] = []
    for trial in trials { results.append(try result(trial.index)?.ranked(by: metric.name)) }
    return results
  }

  /// Takes over from another folder what came of the trials that mean the same here, and answers of how
  /// many. Each trial is there as a whole or not at all.
  ///
  /// - Throws: ``SweepError`` where this folder can't be prepared for `plan`, or the other has no results.
  public func takeOver(from other: Self, for plan: SweepPlan) throws(SweepError) -> Int {
    guard let old = try other.definition().definition else {
      throw SweepError(other.path, "holds no results to go on from")
    }
    let plan = try prepare(for: plan)
    var count = 0
    for trial in plan.trials {
      guard let number = old.number(of: trial.id), !isBegun(trial.index),
        try other.result(number)?.status == .finished
      else { continue }
      let partial = file("trials/.partial")
      do {
        try? FileManager.default.removeItem(atPath: partial)
        try Self.make(file("trials"))
        try FileManager.default.copyItem(atPath: other.trial(number), toPath: partial)
        try FileManager.default.moveItem(atPath: partial, toPath: self.trial(trial.index))
      } catch {
        throw SweepError(
          self.trial(trial.index),
          "can't be copied from \(other.trial(number)): "
            + error.localizedDescription)
      }
      count += 1
    }
    return count
  }

  /// What came of a trial, or `nil` if it has yet to end.
  ///
  /// - Throws: ``SweepError`` where `result.json` is damaged or too large.
  public func result(_ index: Int) throws(SweepError) -> TrialResult? {
    let path = file("result.json", ofTrial: index)
    guard let file = FoundFile(path) else { return nil }
    guard file.size <= Limits.resultBytes else {
      throw SweepError(
        path,
        "has \(file.size) bytes; expected \(Limits.resultBytes) at most: remove it, and run the "
          + "sweep again")
    }
    guard let data = file.contents,
      let node = try? JSONNode(parsing: Array(data), file: path), let result = TrialResult(node)
    else { throw SweepError(path, "is damaged; remove it, and run the sweep again") }
    return result
  }

  /// Locks a trial's log, or answers `nil` if another process has it.
  ///
  /// The lock on the log is the claim on the trial. It lasts until the trainer and its children are
  /// gone, not only the process that started them.
  func claim(_ index: Int) throws(SweepError) -> FileLock? {
    try Self.make(trial(index))
    return try Self.lock(file("log.txt", ofTrial: index))
  }

  /// Takes back the results of trials that are to be run again: of those that were stopped where the plan stops
  /// none, and of those that failed, by the plan's metric, where they are tried once more.
  func reopen(_ indices: [Int], for plan: SweepPlan, retry: Bool) throws(SweepError) {
    for index in indices {
      guard let result = try result(index)?.ranked(by: plan.metric.name),
        result.status == .stopped
          ? plan.earlyTermination == nil : retry && result.status != .finished,
        let claim = try claim(index)
      else { continue }
      // A first try may have reported something else.
      unlink(file("brackets.json", ofTrial: index))
      let path = file("result.json", ofTrial: index)
      if unlink(path) != 0 { throw .system("remove the result", path) }
      _ = consume claim
    }
  }

  /// Whether a process is running a trial.
  public func isRunning(_ index: Int) -> Bool {
    FileLock.isHeld(file("log.txt", ofTrial: index))
  }

  /// Whether a trial was begun.
  public func isBegun(_ index: Int) -> Bool {
    FileManager.default.fileExists(atPath: file("log.txt", ofTrial: index))
  }

  /// What the trainer of a trial reported, of the metric above all, from about so many bytes of its log.
  func history(_ index: Int, metric: String, bytes: Int = .max) -> TrainingHistory {
    TrainingHistory(contentsOf: file("metrics.jsonl", ofTrial: index), metric: metric, bytes: bytes)
  }

  /// Writes a file of JSON.
  func write(_ node: JSONNode, to path: String) throws(SweepError) {
    let text: String
    do throws(Diagnostics) {
      text = try node.text()
    } catch {
      throw SweepError(path, "\(error)")
    }
    try write(text + "\n", to: path)
  }

  /// Writes a file.
  func write(_ text: String, to path: String) throws(SweepError) {
    do throws(BundleError) {
      try AtomicFile.write(Array(text.utf8), to: path)
    } catch {
      throw SweepError(error)
    }
  }

  /// Locks a file, or answers `nil` if another process has it locked.
  static func lock(_ path: String, waits: Bool = false) throws(SweepError) -> FileLock? {
    do throws(BundleError) {
      return try FileLock(path, waits: waits)
    } catch {
      throw SweepError(error)
    }
  }

  /// Makes a folder and those around it, where there are none.
  static func make(_ path: String) throws(SweepError) {
    do {
      if Fault.strikes { throw POSIXError(.ENOSPC) }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw SweepError(path, "can't be made a folder: \(error.localizedDescription)")
    }
  }

  /// What `sweep.json` says, and its text; `nil` where there is none.
  private func definition() throws(SweepError) -> (definition: SweepDefinition?, node: JSONNode?) {
    let path = file("sweep.json")
    guard let file = FoundFile(path) else { return (nil, nil) }
    guard file.size <= Limits.fileBytes else {
      throw SweepError(
        path,
        "has \(file.size) bytes; expected \(Limits.fileBytes) at most: name another folder with --out"
      )
    }
    guard let data = file.contents else { return (nil, nil) }
    let node: JSONNode
    do throws(Diagnostics) {
      node = try JSONNode(parsing: Array(data), file: path)
    } catch {
      throw SweepError(path, "is damaged: \(error); name another folder with --out")
    }
    guard let definition = SweepDefinition(node) else {
      throw SweepError(
        path,
        "is damaged, or was written by a later version of LossKit; name another folder with --out")
    }
    return (definition, node)
  }

  /// What `sweep.json` says; no variants where `plan` means something else and all that was tried has
  /// failed, so that nothing is lost.
  private func definition(
    for plan: SweepPlan
  ) throws(SweepError) -> (definition: SweepDefinition?, node: JSONNode?) {
    var (old, node) = try definition()
    if let found = old, let difference = difference(found, plan) {
      guard try hasOnlyFailures(found) else { throw difference }
      old?.variants = JSONObject()
    }
    return (old, node)
  }

  /// Why the results of `old` are none of `plan`, if they are of something else.
  private func difference(_ old: SweepDefinition, _ plan: SweepPlan) -> SweepError? {
    let differences = old.differences(to: plan)
    guard !differences.isEmpty else { return nil }
    let most = 8
    let lines = differences.prefix(most).map { "\n  \($0)" }
    let more = differences.count > most ? "\n  and \(differences.count - most) more" : ""
    return SweepError(
      path,
      "holds results that mean something else; take the changes back, or leave these results as they "
        + "are and go on in another folder: losskit sweep run … --fork NEW" + lines.joined() + more)
  }

  /// Whether all trials that were begun have ended, and none with a value: nothing that could be lost.
  private func hasOnlyFailures(_ definition: SweepDefinition) throws(SweepError) -> Bool {
    for number in definition.trials.indices where isBegun(number) {
      guard let result = try result(number), ![.finished, .stopped].contains(result.status)
      else { return false }
    }
    return true
  }
}
