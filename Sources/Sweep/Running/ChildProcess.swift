import Foundation
import StrictJSON
import Synchronization

/// A process that this one has started, and waits for by its number alone.
///
/// Foundation's `Process` takes a child to have ended once a descriptor is closed that the child's own
/// children inherit.
struct ChildProcess {
  /// Where standard output goes.
  enum Output {
    /// To an open file; standard error goes nowhere.
    case descriptor(Int32)
    /// To the end of a file, with standard error.
    case file(String)
  }

  /// Held while a process is started.
  static let starting = Mutex(())

  private let number: pid_t
  private let path: String

  /// Starts a program as the leader of a process group of its own, with no other open files.
  ///
  /// - Parameters:
  ///   - words: The path of the program and its arguments.
  ///   - environment: All variables, as `NAME=value`.
  ///   - input: The open file that becomes standard input.
  init(
    _ words: [String], _ environment: [String], input: Int32, output: Output
  ) throws(SweepError) {
    let path = words.first ?? ""
    if let word = words.first(where: { $0.utf8.contains(0) }) {
      throw SweepError(
        path, "can't be given \(Diagnostic.quote(word)): an argument holds no character U+0000")
    }
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    switch output {
    case .descriptor(let descriptor):
      posix_spawn_file_actions_adddup2(&actions, descriptor, 1)
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    case .file(let path):
      posix_spawn_file_actions_addopen(&actions, 1, path, O_WRONLY | O_APPEND | O_CREAT, 0o666)
      posix_spawn_file_actions_adddup2(&actions, 1, 2)
    }
    // A process inherits the mask of the thread that starts it, and threads of Dispatch block nearly all
    // signals. SIGPIPE is ignored here, and what ends trainers may be, which is no program's expectation.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    for number in [SIGPIPE, SIGTERM, SIGUSR1] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
    // Not every open file of this process is its own to mark.
    #if canImport(Darwin)
      flags |= POSIX_SPAWN_CLOEXEC_DEFAULT
    #else
      let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
      for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
        posix_spawn_file_actions_addclose(&actions, descriptor)
      }
    #endif
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var child: pid_t = 0
    let error = Self.withCStrings(words) { words in
      Self.withCStrings(environment) { environment in
        Self.starting.withLock { _ in
          posix_spawn(&child, path, &actions, &attributes, words, environment)
        }
      }
    }
    guard error == 0 else {
      throw SweepError(path, "can't be started: \(String(cString: strerror(error)))")
    }
    self.path = path
    number = child
  }

  /// Waits until it ends; its children may live on.
  func wait() throws(SweepError) -> TrainerProcess.End {
    var status: Int32 = 0
    while waitpid(number, &status, 0) != number {
      if errno != EINTR { throw .system("wait for the process", path) }
    }
    // The lowest seven bits are the signal, the next eight the status.
    let signal = status & 0x7F
    return signal == 0 ? .exited(status: status >> 8 & 0xFF) : .signaled(signal)
  }

  /// Calls `body` with strings as C has them, a null pointer behind the last.
  private static func withCStrings<Value>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value
  ) -> Value {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
