import Bundle
import Foundation
import ResourceLimits
import StrictJSON

/// The folder of a sweep's results.
///
///     sweep.json            what the results depend on
///     results.csv           a row a trial
///     report.html           the comparison
///     trials/0007/          a trial
///       trial.json          its variant, its values, its seed
///       recipe.json         its recipe, complete
///       model.json          its settings of model and training
///       metrics.jsonl       what the trainer reported, and whatever else it keeps
///       detections.json     what the model finds on some images, where the trainer shows that
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

  /// Makes the folder, or makes sure that the results in it are those of `plan`.
  ///
  /// Seeds may have been added at the end, since that changes no trial.
  ///
  /// - Throws: ``SweepError`` where the folder can't be written, or holds the results of another
  ///   plan, with what has changed.
  public func prepare(for plan: SweepPlan) throws(SweepError) {
    try Self.make(path)
    // Two processes may begin at once.
    let lock = try FileLock(file(".lock"), waits: true)
    AtomicFile.removeAbandoned(in: path)
    let old = try definition()
    if let old { try checkUnchanged(old, plan) }
    if old != plan.definition { try write(plan.definition, to: file("sweep.json")) }
    _ = consume lock
  }

  /// Makes sure that the folder holds results of `plan`.
  ///
  /// - Throws: ``SweepError`` where it doesn't, with what has changed.
  public func check(against plan: SweepPlan) throws(SweepError) {
    guard let old = try definition() else {
      throw SweepError(path, "holds no results; run the sweep first, or name its folder with --out")
    }
    try checkUnchanged(old, plan)
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

  /// Whether a process is running a trial.
  public func isRunning(_ index: Int) -> Bool {
    FileLock.isHeld(file("log.txt", ofTrial: index))
  }

  /// Whether a trial was begun.
  public func isBegun(_ index: Int) -> Bool {
    FileManager.default.fileExists(atPath: file("log.txt", ofTrial: index))
  }

  /// What the trainer of a trial reported, of the metric above all.
  func history(_ index: Int, metric: String) -> TrainingHistory {
    TrainingHistory(contentsOf: file("metrics.jsonl", ofTrial: index), metric: metric)
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

  /// Makes a folder and those around it, where there are none.
  static func make(_ path: String) throws(SweepError) {
    do {
      if Fault.strikes { throw POSIXError(.ENOSPC) }
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw SweepError(path, "can't be made a folder: \(error.localizedDescription)")
    }
  }

  private func definition() throws(SweepError) -> JSONNode? {
    let path = file("sweep.json")
    guard let file = FoundFile(path) else { return nil }
    guard file.size <= Limits.fileBytes else {
      throw SweepError(
        path,
        "has \(file.size) bytes; expected \(Limits.fileBytes) at most: name another folder with --out"
      )
    }
    guard let data = file.contents else { return nil }
    do throws(Diagnostics) {
      return try JSONNode(parsing: Array(data), file: path)
    } catch {
      throw SweepError(path, "is damaged: \(error); name another folder with --out")
    }
  }

  /// Throws unless the results of `old` are results of `plan`, as they are where only seeds were added
  /// at the end.
  private func checkUnchanged(_ old: JSONNode, _ plan: SweepPlan) throws(SweepError) {
    var differences = JSONDifference.all(from: old, to: plan.definition)
    let seeds = plan.seeds.map { JSONNode($0) }
    if seeds.starts(with: old["seeds"]?.elements ?? []) {
      differences.removeAll { $0.path.components.first == "seeds" }
    }
    guard !differences.isEmpty else { return }
    let most = 8
    let lines = differences.prefix(most).map { "\n  \($0)" }
    let more = differences.count > most ? "\n  and \(differences.count - most) more" : ""
    throw SweepError(
      path,
      "holds the results of another sweep; take the changes back, or name another folder with --out"
        + lines.joined() + more)
  }
}
