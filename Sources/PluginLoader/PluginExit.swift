import CLibrary
import LossKernels

/// Tells an end of the process that a plugin brought about from the program's own.
///
/// A plugin may call `exit`, while it is loaded or later, and with status 0, which would pass for that of
/// a program that has done its work.
public enum PluginExit {
  private struct State {
    /// What messages begin with; `nil` if nobody guards.
    var program: String?
    /// The libraries that were loaded, or are being.
    var libraries: [String] = []
  }

  private static let state = Lock(State())

  /// What `body` returns; if a plugin was loaded and the process ends before it does, then with status 1
  /// and a message on standard error.
  ///
  /// For the main function of a program: in a library, the process may end for its host's reasons.
  ///
  /// - Parameter program: What the message begins with.
  public static func guarding<Result>(_ program: String, _ body: () -> Result) -> Result {
    state.withLock { $0.program = program }
    defer { state.withLock { $0.program = nil } }
    atexit { PluginExit.refuse() }
    return body()
  }

  /// Notes that the library at `path` is about to run its code.
  static func note(_ path: String) {
    state.withLock { state in
      if !state.libraries.contains(path) { state.libraries.append(path) }
    }
  }

  private static func refuse() {
    let state = state.withLock { $0 }
    guard let program = state.program, !state.libraries.isEmpty else { return }
    // What was written so far is kept, as by `exit`.
    fflush(nil)
    var message =
      "\(program): error: plugin \(state.libraries.joined(separator: ", ")): ended the process before "
      + "the command was done; it must not call exit\n"
    message.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    _exit(1)
  }
}
