import CommandLineKit
import Foundation
import Sweep
import Synchronization

/// Tells of a sweep's trials as they end, a line each; on a terminal, a last line says what is running
/// and how long it may still take.
final class SweepProgress: Sendable {
  private struct State {
    var running = 0
    var ended: Int
    var seconds: [Double] = []
  }

  private let plan: SweepPlan
  private let concurrency: Int
  private let stream: TextStream
  private let state: Mutex<State>

  init(_ plan: SweepPlan, _ folder: SweepFolder, concurrency: Int, on stream: TextStream) {
    self.plan = plan
    self.concurrency = concurrency
    self.stream = stream
    let ended = plan.trials.count { (try? folder.result($0.index)) != nil }
    state = Mutex(State(ended: ended))
    let rest = plan.trialCount - ended
    let known = ended > 0 ? ", \(ended) have results" : ""
    try? stream.write(
      "\(plan.name): \(counted(plan.variants.count, "variant")) × "
        + "\(counted(plan.seeds.count, "seed")) = "
        + "\(plan.trialCount) trials\(known); \(rest) to run, \(concurrency) at once\n"
        + "results go to \(folder.path)\n")
  }

  /// Tells of an event.
  func show(_ event: SweepRunner.Event) {
    state.withLock { state in
      switch event {
      case .started:
        state.running += 1
        if !stream.isTerminal { return }
        try? stream.write(clear + status(state))
      case .ended(let trial, let result):
        state.running = max(0, state.running - 1)
        state.ended += 1
        state.seconds.append(result.seconds)
        let rest: TerminalText = stream.isTerminal ? status(state) : ""
        try? stream.write("\(clear)\(line(trial, result, state))\n\(rest)")
      }
    }
  }

  /// Takes the last line away.
  func finish() {
    try? stream.write(clear)
  }

  private func counted(_ count: Int, _ word: String) -> String {
    count == 1 ? "1 \(word)" : "\(count) \(word)s"
  }

  private var clear: TerminalText { stream.isTerminal ? "\r\u{1B}[K" : "" }

  private func line(_ trial: SweepTrial, _ result: TrialResult, _ state: State) -> TerminalText {
    let total = String(plan.trialCount)
    let number = String(state.ended)
    let padding = String(repeating: " ", count: max(0, total.count - number.count))
    let style = stream.style
    let outcome: TerminalText =
      result.value.map { "\(plan.metric.name) \($0.formatted(significant: 4))" }
      ?? style.red(result.status == .timedOut ? "timed out" : "failed")
      + (result.reason.map { ": \($0)" } ?? "")
    let left = stream.isTerminal ? nil : timeLeft(state)
    return "[\(padding)\(number)/\(total)] \(trial.variant.name), seed \(trial.seed): \(outcome), "
      + "\(SweepTables.duration(result.seconds))\(left.map { "; \($0)" } ?? "")"
  }

  /// The last line on a terminal.
  private func status(_ state: State) -> TerminalText {
    let left = timeLeft(state).map { ", \($0)" } ?? ""
    return stream.style.dim("\(state.running) running\(left)")
  }

  private func timeLeft(_ state: State) -> String? {
    let rest = plan.trialCount - state.ended
    guard rest > 0, !state.seconds.isEmpty else { return nil }
    let mean = state.seconds.reduce(0, +) / Double(state.seconds.count)
    return "about \(SweepTables.duration(mean * Double(rest) / Double(concurrency))) left"
  }
}
