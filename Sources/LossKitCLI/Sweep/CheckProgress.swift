import CommandLineKit
import Dispatch
import Synchronization

/// Says what a check is at, if it takes longer than two seconds, on a terminal: in a line that is written over each
/// second. What is written elsewhere doesn't depend on time.
final class CheckProgress: Sendable {
  private struct State {
    var words = ""
    var isShown = false
    var isOver = false
  }

  private let stream: TextStream
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "losskit.check")

  init(on stream: TextStream) {
    self.stream = stream
    if stream.isTerminal { show(after: 2) }
  }

  /// What comes now.
  func begin(_ words: String) { state.withLock { $0.words = words } }

  /// Ends it, and takes the line away.
  func finish() {
    state.withLock { $0.isOver = true }
    // Until what is being written is there.
    queue.sync {}
    if state.withLock(\.isShown) { try? stream.write(clear) }
  }

  private var clear: TerminalText { "\r\u{1B}[K" }

  private func show(after seconds: Double) {
    queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
      guard let self, !self.state.withLock(\.isOver) else { return }
      self.show()
      self.show(after: 1)
    }
  }

  private func show() {
    let words = state.withLock { state in
      state.isShown = true
      return state.words
    }
    try? stream.write(clear + stream.style.dim("checking before anything runs: \(words)"))
  }
}
