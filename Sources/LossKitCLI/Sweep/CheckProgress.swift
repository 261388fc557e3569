import CommandLineKit
import Dispatch
import Synchronization

/// Says what a check is at, if it takes longer than two seconds: on a terminal in a line that is written over each
/// second, elsewhere in a line every ten.
final class CheckProgress: Sendable {
  private struct State {
    var words = ""
    var looks = 0
    var isOver = false
  }

  private let stream: TextStream
  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "losskit.check")

  init(on stream: TextStream) {
    self.stream = stream
    show(after: 2)
  }

  /// What comes now.
  func begin(_ words: String) { state.withLock { $0.words = words } }

  /// Ends it, and takes the line away.
  func finish() {
    let hasShown = state.withLock { state in
      state.isOver = true
      return state.looks > 0
    }
    // Until what is being written is there.
    queue.sync {}
    if hasShown, stream.isTerminal { try? stream.write(clear) }
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
    let (words, looks) = state.withLock { state in
      defer { state.looks += 1 }
      return (state.words, state.looks)
    }
    let text: TerminalText = "checking before anything runs: \(words)"
    if stream.isTerminal {
      try? stream.write(clear + stream.style.dim(text))
    } else if looks.isMultiple(of: 10) {
      try? stream.write("\(text)\n")
    }
  }
}
