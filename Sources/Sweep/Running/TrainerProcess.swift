import Dispatch
import Foundation

/// Runs a trainer, and sees to it that it ends with this process.
///
/// A shell stands between: it leads a process group with the trainer in it, and holds the reading end
/// of a pipe whose writing end only this process has. Where that closes, because the time is over or
/// because this process is gone, even by `kill -9`, the shell sends SIGTERM to the group, and SIGKILL
/// once the trainer has ended or after five seconds. It works with any trainer and needs no handler here.
enum TrainerProcess {
  /// How a trainer ended.
  enum End: Equatable {
    /// By itself, with the status that a shell reports: 128 and the signal where a signal ended it.
    case exited(status: Int32)
    /// By the time limit.
    case timedOut
  }

  private static let guardian = """
    exec 3<&0 </dev/null
    "$@" 3<&- &
    trainer=$!
    ( trap '' TERM; read -r end <&3; kill -TERM 0; sleep 5; kill -KILL 0 ) >/dev/null 2>&1 &
    watcher=$!
    exec 3<&-
    stopped=
    trap 'stopped=yes' TERM
    while :; do
      wait "$trainer"
      status=$?
      kill -0 "$trainer" 2>/dev/null || break
    done
    [ -z "$stopped" ] || kill -KILL 0
    kill -KILL "$watcher"
    exit "$status"
    """

  /// Runs a command, found as a shell finds it, to its end.
  ///
  /// - Parameters:
  ///   - words: The command and its arguments.
  ///   - environment: Variables to set or replace.
  ///   - output: The open file that takes standard output and standard error.
  ///   - timeLimit: After how many seconds it is ended, if at all.
  static func run(
    _ words: [String], environment: [String: String], output: borrowing FileLock,
    timeLimit: Double?
  ) throws(SweepError) -> End {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", guardian, "trainer"] + words
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    let log = FileHandle(fileDescriptor: output.descriptor, closeOnDealloc: false)
    process.standardInput = pipe
    process.standardOutput = log
    process.standardError = log
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try withoutBlockedSignals { try process.run() }
    } catch {
      throw SweepError("/bin/sh", "can't be started: \(error.localizedDescription)")
    }
    let limit = timeLimit.map { DispatchTime.now() + $0 } ?? .distantFuture
    let isOver = ended.wait(timeout: limit) == .timedOut
    try? pipe.fileHandleForWriting.close()
    if isOver {
      ended.wait()
      return .timedOut
    }
    let signal: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return .exited(status: signal + process.terminationStatus)
  }

  /// Calls `body` while this thread blocks no signals.
  ///
  /// A process inherits the mask of the thread that starts it. Threads of Dispatch block nearly all
  /// signals, and a shell that never hears of SIGCHLD waits forever.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }
}
