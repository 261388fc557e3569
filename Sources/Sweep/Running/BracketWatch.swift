import Bundle
import Foundation
import StrictJSON
import Synchronization
import TrainingLogs

/// Decides at the brackets of a trial whether it goes on, by what it and the trials before it have reported.
final class BracketWatch: Sendable {
  /// What was seen so far.
  private struct State {
    var record: BracketRecord
    /// The values of the first of the earlier trials at the bracket that is to be decided next; those that never
    /// come there have none.
    var known: [Double?] = []
    var log: FileVersion?
  }

  private let plan: SweepPlan
  private let folder: SweepFolder
  private let rule: EarlyTermination
  private let index: Int
  /// The numbers of the trials before it in the sweep.
  private let earlier: ArraySlice<Int>
  private let state: Mutex<State>

  /// The watch over a trial of `plan`, whose trials have the numbers `indices`; `nil` if nothing stops trials.
  init?(_ plan: SweepPlan, in folder: SweepFolder, trial index: Int, of indices: [Int]) {
    guard let rule = plan.earlyTermination else { return nil }
    self.plan = plan
    self.folder = folder
    self.rule = rule
    self.index = index
    earlier = indices.prefix { $0 != index }
    state = Mutex(State(record: Self.record(of: index, in: folder, plan.metric)))
  }

  private static func record(
    of index: Int, in folder: SweepFolder, _ metric: SweepMetric
  ) -> BracketRecord {
    BracketRecord(in: folder, index: index, metric: metric.name)
      ?? BracketRecord(metric: metric.name)
  }

  /// Why the trial is stopped, if it is: looks at what was reported, and keeps what that decides.
  func end() throws(SweepError) -> String? {
    try state.withLock { (state) throws(SweepError) in try end(&state) }
  }

  private func end(_ state: inout State) throws(SweepError) -> String? {
    let before = state.record
    readLog(&state)
    while let entry = state.record.undecided, let others = othersValues(at: entry.reports, &state) {
      state.known = []
      state.record.decide(
        entry.reports, rule.verdict(on: entry.value, among: others, by: plan.metric))
    }
    if state.record != before { try state.record.write(to: folder, index: index) }
    return state.record.end.map(reason)
  }

  private func reason(_ entry: BracketRecord.Entry) -> String {
    let (places, count) = entry.verdict.map { ($0.places, $0.count) } ?? (0, 0)
    let value = VariantNames.text(JSONNode(entry.value))
    return "stopped after \(entry.reports) reports: \(plan.metric.name) \(value) is not among the "
      + "best \(places) of \(count) there"
  }

  /// Adds the brackets that the trial has come to.
  private func readLog(_ state: inout State) {
    let path = folder.file("metrics.jsonl", ofTrial: index)
    let version = FileVersion(path)
    guard version != state.log else { return }
    state.log = version
    let values = MetricReports.values(
      of: plan.metric.name, in: path, count: rule.brackets.last ?? 0)
    for bracket in rule.brackets where bracket <= values.count {
      state.record.add(reports: bracket, value: values[bracket - 1])
    }
  }

  /// What the trials before this one had at a bracket, once that is known of all.
  private func othersValues(at reports: Int, _ state: inout State) -> [Double]? {
    for other in earlier.dropFirst(state.known.count) {
      // Whether it has ended is asked first, as its last brackets are written before that.
      let hasEnded = FoundFile(folder.file("result.json", ofTrial: other)) != nil
      let record = Self.record(of: other, in: folder, plan.metric)
      let before = record.entries.filter { $0.reports < reports }
      let isOut = before.contains { $0.verdict?.goesOn == false }
      let isUndecided = before.contains { $0.verdict == nil }
      if let value = record[reports]?.value, !isOut, !isUndecided {
        state.known.append(value)
      } else if isOut || hasEnded && record[reports] == nil {
        state.known.append(nil)
      } else {
        return nil
      }
    }
    return state.known.compactMap(\.self)
  }

  /// Stops those that ended before the trials that decide about them had come as far: in the order of the sweep,
  /// each that has a value and an undecided bracket.
  static func settle(_ plan: SweepPlan, in folder: SweepFolder) throws(SweepError) {
    let indices = plan.trials.map(\.index)
    for index in plan.earlyTermination == nil ? [] : indices {
      let record = BracketRecord(in: folder, index: index, metric: plan.metric.name)
      // One whose verdict is there may have a result that nobody came to change.
      guard record?.undecided != nil || record?.end != nil, let result = try folder.result(index),
        result.status == .finished,
        let watch = BracketWatch(plan, in: folder, trial: index, of: indices)
      else { continue }
      AtomicFile.removeAbandoned(in: folder.trial(index))
      if let reason = try watch.end() {
        let stopped = TrialResult(stopped: reason, at: result)
        try folder.write(stopped.node, to: folder.file("result.json", ofTrial: index))
      }
    }
  }
}

extension SweepFolder {
  /// Sees to it that trials of `plan` are stopped that had ended before that was known, though whoever ran them
  /// may be gone.
  ///
  /// - Throws: ``SweepError`` where the folder can't be written, or holds no results of the plan.
  public func settle(for plan: SweepPlan) throws(SweepError) {
    if plan.earlyTermination == nil { return }
    try BracketWatch.settle(try check(against: plan), in: self)
  }
}

/// What tells whether a file has changed.
private struct FileVersion: Equatable {
  private let file: UInt64, size: Int64, seconds: Int, nanoseconds: Int

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    file = UInt64(status.st_ino)
    size = Int64(status.st_size)
    (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
  }
}
