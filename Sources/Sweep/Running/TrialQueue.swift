import Synchronization

/// The trials that have yet to be run, shared by the threads of a runner.
final class TrialQueue: Sendable {
  /// What a thread does next.
  enum Next {
    /// Try to claim a trial.
    case trial(SweepTrial)
    /// Wait a little: other processes have all that is left.
    case wait
  }

  private struct State {
    var open: [SweepTrial]
    var elsewhere: [SweepTrial] = []
    var error: SweepError?
  }

  private let state: Mutex<State>

  /// These trials, in this order.
  init(_ open: [SweepTrial]) {
    state = Mutex(State(open: open.reversed()))
  }

  /// What to do next, or `nil` if all is done, or can't be.
  func next() -> Next? {
    state.withLock { state in
      if state.error != nil { return nil }
      if let trial = state.open.popLast() { return .trial(trial) }
      guard !state.elsewhere.isEmpty else { return nil }
      state.open = state.elsewhere.sorted { $0.index > $1.index }
      state.elsewhere = []
      return .wait
    }
  }

  /// Takes back a trial that another process is running.
  func putBack(_ trial: SweepTrial) {
    state.withLock { $0.elsewhere.append(trial) }
  }

  /// Ends the work: what went wrong would go wrong for the other trials too.
  func fail(_ error: SweepError) {
    state.withLock { if $0.error == nil { $0.error = error } }
  }

  /// What went wrong.
  var error: SweepError? { state.withLock { $0.error } }
}
