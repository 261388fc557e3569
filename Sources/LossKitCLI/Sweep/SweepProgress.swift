import CommandLineKit
import Foundation
import Sweep
import Synchronization

/// Tells of a sweep's trials as they end, a line each; on a terminal, a last line says what is running
/// and how long it may still take.
final class SweepProgress: Sendable {
  private struct State {
    var running = 0
    var ended = 0
    /// How many trials are needed, as far as is known.
    var count = 0
    var hasBegun = false
    var seconds: [Double] = []
  }

  private let plan: SweepPlan
  private let folder: SweepFolder
  private let concurrency: Int
  private let stream: TextStream
  private let state = Mutex(State())

  init(_ plan: SweepPlan, _ folder: SweepFolder, concurrency: Int, on stream: TextStream) {
    self.plan = plan
    self.folder = folder
    self.concurrency = concurrency
    self.stream = stream
  }

  /// Tells of an event.
  func show(_ event: SweepRunner.Event) {
    state.withLock { state in
      switch event {
      case .scheduled(let schedule):
        state.count = schedule.count
        state.ended = schedule.ended
        let text = state.hasBegun ? round(schedule) : beginning(schedule)
        state.hasBegun = true
        try? stream.write("\(clear)\(text)")
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

  private func beginning(_ schedule: SeedSchedule) -> TerminalText {
    let known = schedule.ended > 0 ? ", \(schedule.ended) have results" : ""
    return "\(plan.name): \(SweepTables.size(of: plan, schedule))\(known); "
      + "\(schedule.count - schedule.ended) to run, \(concurrency) at once\n"
      + "results go to \(folder.path)\n"
      + "watch \(folder.file("report.html"))\n"
  }

  /// Which variants go on after a round of seeds; nothing where no rule spends them.
  private func round(_ schedule: SeedSchedule) -> TerminalText {
    guard schedule.rounds > 0 else { return "" }
    let left = schedule.count - schedule.ended
    let next = left > 0 ? "\(left) more to run" : "nothing more to run"
    return
      "after \(schedule.rounds) seeds \(schedule.active.count) of \(plan.variants.count) variants "
      + "are left; \(next)\n"
  }

  /// Takes the last line away.
  func finish() {
    try? stream.write(clear)
  }

  private var clear: TerminalText { stream.isTerminal ? "\r\u{1B}[K" : "" }

  private func line(_ trial: SweepTrial, _ result: TrialResult, _ state: State) -> TerminalText {
    let total = String(state.count)
    let number = String(state.ended)
    let padding = String(repeating: " ", count: max(0, total.count - number.count))
    let outcome: TerminalText =
      result.value.map { "\(plan.metric.name) \($0.formatted(significant: 4))" }
      ?? unfinished(result)
    let left = stream.isTerminal ? nil : timeLeft(state)
    return "[\(padding)\(number)/\(total)] \(trial.variant.name), seed \(trial.seed): \(outcome), "
      + "\(SweepTables.duration(result.seconds))\(left.map { "; \($0)" } ?? "")"
  }

  private func unfinished(_ result: TrialResult) -> TerminalText {
    let reason = result.reason.map { ": \($0)" } ?? ""
    switch result.status {
    case .stopped: return "\(result.reason ?? "stopped")"
    case .timedOut: return stream.style.red("timed out") + "\(reason)"
    default: return stream.style.red("failed") + "\(reason)"
    }
  }

  /// The last line on a terminal.
  private func status(_ state: State) -> TerminalText {
    let left = timeLeft(state).map { ", \($0)" } ?? ""
    return stream.style.dim("\(state.running) running\(left)")
  }

  private func timeLeft(_ state: State) -> String? {
    let rest = state.count - state.ended
    guard rest > 0, !state.seconds.isEmpty else { return nil }
    let mean = state.seconds.reduce(0, +) / Double(state.seconds.count)
    return "about \(SweepTables.duration(mean * Double(rest) / Double(concurrency))) left"
  }
}
