import Bundle
import Foundation
import Recipe
import StrictJSON
import TensorBoard
import TrainingLogs

/// Runs one trial that this process has claimed.
struct TrialRunner: Sendable {
  let plan: SweepPlan
  let folder: SweepFolder
  /// The path of the `losskit` command.
  let losskit: String
  /// How many threads a trainer may use.
  let threads: Int
  /// The shared libraries that a trainer loads beside those that its recipe names.
  let plugins: [String]
  /// What runs the trials, such as `LossKit 1.0.0`.
  let version: String
  /// Signals that end a trainer well before they end this process.
  let signals: [Int32]

  /// Trains a trial and writes what came of it.
  ///
  /// - Parameters:
  ///   - numbered: The plan, with the numbers that its trials have in the folder.
  ///   - slot: Which of those that run at once here it is, from 0.
  func run(
    _ trial: SweepTrial, of numbered: SweepPlan, slot: Int, claim: borrowing FileLock
  ) throws(SweepError) -> TrialResult {
    let index = trial.index
    try folder.write(node(of: trial), to: folder.file("trial.json", ofTrial: index))
    let recipe = DetectionRecipe.standalone(trial.variant.recipe)
    try folder.write(recipe, to: folder.file("recipe.json", ofTrial: index))
    try folder.write(trial.variant.model, to: folder.file("model.json", ofTrial: index))
    let start = Date().timeIntervalSince1970
    try writeEvents(of: trial, start: start)
    let watch = BracketWatch(plan, in: folder, trial: index, of: numbered.trials.map(\.index))
    var isStopped: (@Sendable () -> Bool)?
    // What can't be written at a look is said at the end.
    if let watch { isStopped = { (try? watch.end()) != nil } }
    let (end, seconds) = try TrainerProcess.run(
      words(of: trial, slot: slot), in: plan.folder, environment: try environment(for: recipe),
      log: folder.file("log.txt", ofTrial: index), claim: claim, timeLimit: plan.timeLimit,
      graceTime: plan.graceTime,
      isStopped: isStopped,
      endingOn: signals)
    if end == .interrupted {
      throw SweepError(
        folder.trial(index), "was interrupted after \(Int(seconds)) s; called again, it goes on")
    }
    // A trainer that was killed may have been writing.
    AtomicFile.removeAbandoned(in: folder.trial(index))
    var result = try ended(index, end, seconds: seconds, stopping: try watch?.end())
    result.version = result.version ?? version
    try writeEvents(of: trial, start: start, result: result)
    try folder.write(result.node, to: folder.file("result.json", ofTrial: index))
    return result
  }

  /// Tells TensorBoard of the trial's values and seed, and how it ended; trials of a variant are a group.
  private func writeEvents(
    of trial: SweepTrial, start: Double, result: TrialResult? = nil
  ) throws(SweepError) {
    guard plan.writesEvents else { return }
    let values = trial.variant.settings.map { (name: $0.path.description, value: $0.node) }
    let parameters = Hyperparameters(
      values + [("seed", JSONNode(trial.seed))], group: trial.variant.name)
    let path = folder.file(Hyperparameters.fileName, ofTrial: trial.index)
    do throws(BundleError) {
      try parameters.write(
        to: path, start: start,
        end: result.map {
          (Date().timeIntervalSince1970, $0.status == .finished ? .success : .failure)
        })
    } catch {
      throw SweepError(error)
    }
  }

  /// What came of a trial.
  ///
  /// - Parameter reason: Why it is stopped, if it is; a trainer may have ended before that was known.
  private func ended(
    _ index: Int, _ end: TrainerProcess.End, seconds: Double, stopping reason: String?
  ) throws(SweepError) -> TrialResult {
    guard end == .stopped else {
      let result = result(of: index, end, seconds: seconds)
      guard result.status == .finished, let reason else { return result }
      return TrialResult(stopped: reason, at: result)
    }
    return TrialResult(.stopped, reason: reason ?? "", seconds: seconds)
  }

  private func words(of trial: SweepTrial, slot: Int) -> [String] {
    let index = trial.index
    return plan.command.words(with: [
      .losskit: losskit,
      .recipe: folder.file("recipe.json", ofTrial: index),
      .model: folder.file("model.json", ofTrial: index),
      .data: plan.resolved(plan.data),
      .validation: plan.validation.map { plan.resolved($0) } ?? "",
      .split: plan.split.map { "\($0)" } ?? "",
      .seed: String(trial.seed),
      .threads: String(threads),
      .out: folder.trial(index),
      .index: String(index),
      .slot: String(slot),
    ])
  }

  /// The variable by which `losskit` finds plugins, however the trainer calls it. That the libraries may
  /// be loaded was settled when the plan was made.
  private func environment(for recipe: JSONNode) throws(SweepError) -> [String: String] {
    let name = "LOSSKIT_PLUGINS"
    let own = plugins + (recipe["plugins"]?.elements ?? []).compactMap(\.string)
    if let path = own.first(where: { $0.contains(":") }) {
      throw SweepError(
        path, "has a colon in its path, which \(name) can't hold; move the library")
    }
    // The command runs elsewhere.
    let inherited = (ProcessInfo.processInfo.environment[name] ?? "").split(separator: ":")
      .map { URL(filePath: String($0)).absoluteURL.path(percentEncoded: false) }
    return own.isEmpty ? [:] : [name: (inherited + own).joined(separator: ":")]
  }

  private func node(of trial: SweepTrial) -> JSONNode {
    [
      "variant": JSONNode(trial.variant.name),
      "parameters": trial.variant.settingsNode,
      "seed": JSONNode(trial.seed),
    ]
  }

  private func result(
    of index: Int, _ end: TrainerProcess.End, seconds: Double
  ) -> TrialResult {
    switch end {
    case .timedOut:
      let limit = VariantNames.text(JSONNode(plan.timeLimit ?? 0))
      return TrialResult(
        .timedOut, reason: "took longer than the time limit of \(limit) s", seconds: seconds)
    case .exited(0):
      return reported(folder.history(index, metric: plan.metric.name), seconds: seconds)
    case .exited(126): return failed(index, "can't be executed", seconds: seconds)
    case .exited(127): return failed(index, "wasn't found", seconds: seconds)
    case .exited(let status):
      // What a shell says of a command that a signal ended; other programs say it of whatever they like.
      let shell = (129...159).contains(status) ? ", a shell's word for signal \(status - 128)" : ""
      return failed(index, "ended with status \(status)\(shell)", seconds: seconds)
    case .interrupted: return failed(index, "was interrupted", seconds: seconds)
    case .stopped: return failed(index, "was stopped", seconds: seconds)
    case .signaled(let signal):
      return failed(index, "was ended by signal \(signal)", seconds: seconds)
    }
  }

  /// The result of a trainer that ended badly, with the last line that it printed.
  private func failed(_ index: Int, _ how: String, seconds: Double) -> TrialResult {
    let last = LogTail.lines(of: folder.file("log.txt", ofTrial: index), count: 1).first
    return TrialResult(
      .failed, reason: "the command \(how)" + (last.map { ": \($0)" } ?? ""), seconds: seconds)
  }

  /// The result of a trainer that ended well.
  private func reported(_ history: TrainingHistory, seconds: Double) -> TrialResult {
    switch history.outcome {
    case .value(let value):
      var result = TrialResult(finished: value, metrics: history.metrics, seconds: seconds)
      result.version = history.version.map { "\(version), \($0.prefix(100))" }
      return result
    case .unusable(let reason):
      return TrialResult(.failed, reason: reason, metrics: history.metrics, seconds: seconds)
    case .missing:
      break
    }
    let name = plan.metric.name
    let known = history.known.sorted()
    let most = 20
    var reason = "no line of metrics.jsonl has the metric \(Diagnostic.quote(name))"
    reason +=
      known.isEmpty
      ? ", or any other" : "; there are \(known.prefix(most).joined(separator: ", "))"
    if known.count > most { reason += " and others" }
    if history.unreadable > 0 { reason += "; \(history.unreadable) lines aren't JSON" }
    if let nearest = nearestName(to: name, in: known) { reason += "; did you mean \"\(nearest)\"?" }
    return TrialResult(.failed, reason: reason, metrics: history.metrics, seconds: seconds)
  }
}
