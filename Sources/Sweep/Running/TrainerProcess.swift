import Bundle
import Dispatch
import Foundation
import Synchronization

/// Runs a trainer, and sees to it that it ends with this process, with all that it leaves behind.
///
/// A trainer leads a process group. Another process, the guardian, holds the reading end of a pipe whose
/// writing end only this process has. Where that closes, because the trainer has ended, because its time
/// is over or because this process is gone, even by `kill -9`, the guardian sends SIGTERM to the group,
/// and SIGKILL to what is left of it when the time of grace is over. It works with any trainer and needs no
/// handler here.
///
/// A trainer is given nothing but its log: neither the pipe nor the claim on the trial, which the guardian
/// keeps until the group is gone. Whoever leaves the group lives on and holds up nobody.
enum TrainerProcess {
  /// How a trainer ended.
  enum End: Equatable {
    /// By itself, with a status.
    case exited(status: Int32)
    /// By a signal that didn't come from here.
    case signaled(Int32)
    /// By the time limit.
    case timedOut
    /// However it ended, by then it had been stopped.
    case stopped
    /// However it ended, this process had been asked to end.
    case interrupted
  }

  /// Standard input is the pipe's reading end, standard output the claim. The first line is the group; the
  /// argument, tenths of a second.
  private static let guardian = """
    grace=$1
    read -r group || exit
    read -r end
    rest() { kill -s 0 -- "-$group" && [ "$tenths" -lt "$grace" ]; }
    for signal in TERM KILL; do
      kill -s "$signal" -- "-$group"
      tenths=0
      while rest; do sleep 0.1; tenths=$((tenths + 1)); done
    done
    """

  /// The seconds between two questions whether a trainer is to be ended.
  private static let lookInterval = 0.25

  /// Standard input is the pipe's writing end. The group is told before the trainer can begin, so that
  /// there is no moment at which this process may go and leave a trainer alone.
  private static let trainer = """
    echo "$$" >&0
    cd "$1" && shift || exit 126
    exec "$@" </dev/null
    """

  /// Runs a command, found as a shell finds it, until nothing is left of its process group.
  ///
  /// - Parameters:
  ///   - words: The command and its arguments.
  ///   - folder: The folder to run it in.
  ///   - environment: Variables to set or replace.
  ///   - log: The path of the file that standard output and standard error are appended to.
  ///   - claim: The lock that is kept until all is over.
  ///   - timeLimit: After how many seconds it is ended, if at all.
  ///   - graceTime: For how many seconds it may write a checkpoint then.
  ///   - isStopped: Asked now and then whether it is to be ended, if there is a reason to ask.
  ///   - signals: Signals that end the trainer, and this process afterwards, instead of this process alone.
  /// - Returns: How the trainer itself ended, and after how many seconds.
  static func run(
    _ words: [String], in folder: String, environment: [String: String], log: String,
    claim: borrowing FileLock,
    timeLimit: Double?, graceTime: Double, isStopped: (@Sendable () -> Bool)?,
    endingOn signals: [Int32]
  ) throws(SweepError) -> (end: End, seconds: Double) {
    let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
      .map { "\($0)=\($1)" }
    let start = ContinuousClock.now
    let pipe = try GuardianPipe()
    let guardian = try ChildProcess(
      ["/bin/sh", "-c", guardian, "guardian", String(Int((10 * graceTime).rounded(.up)))],
      environment, input: pipe.reading,
      output: .descriptor(claim.descriptor))
    defer {
      pipe.close()
      _ = try? guardian.wait()
    }
    let trainer = try ChildProcess(
      ["/bin/sh", "-c", trainer, "trainer", folder] + words, environment, input: pipe.writing,
      output: .file(log))
    let isOver = Mutex(false)
    let limit = DispatchWorkItem {
      isOver.withLock { $0 = true }
      pipe.close()
    }
    if let timeLimit {
      DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: limit)
    }
    let interruption = DispatchSemaphore(value: 0)
    let sources = signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        interruption.signal()
        pipe.close()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      for number in signals { signal(number, SIG_DFL) }
    }
    let wasStopped = Mutex(false)
    let looking = DispatchQueue(label: "losskit.looking")
    let looks = DispatchSource.makeTimerSource(queue: looking)
    if let isStopped {
      looks.schedule(deadline: .now() + Self.lookInterval, repeating: Self.lookInterval)
      looks.setEventHandler {
        guard isStopped() else { return }
        wasStopped.withLock { $0 = true }
        looks.cancel()
        pipe.close()
      }
    }
    looks.activate()
    let end = try trainer.wait()
    looks.cancel()
    // Until the last look is over.
    looking.sync {}
    limit.cancel()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    // A scheduler sends its signal to all processes of a job, and the trainer may end by it first.
    if !signals.isEmpty, interruption.wait(timeout: .now() + 0.5) == .success {
      return (.interrupted, seconds)
    }
    if isOver.withLock({ $0 }) { return (.timedOut, seconds) }
    return (wasStopped.withLock { $0 } ? .stopped : end, seconds)
  }
}

/// The pipe by which a guardian learns that a trial is over.
private final class GuardianPipe: Sendable {
  let reading: Int32
  let writing: Int32
  private let isOpen = Mutex(true)

  init() throws(SweepError) {
    var ends: [Int32] = [-1, -1]
    // Another thread that starts a process between the two would give it the pipe.
    let failed = ChildProcess.starting.withLock { _ in
      pipe(&ends) != 0 || ends.contains { fcntl($0, F_SETFD, FD_CLOEXEC) != 0 }
    }
    guard !failed else { throw .system("make a pipe", "/bin/sh") }
    (reading, writing) = (ends[0], ends[1])
  }

  /// Closes it, if it isn't closed yet.
  func close() {
    isOpen.withLock { isOpen in
      if !isOpen { return }
      isOpen = false
      Foundation.close(reading)
      Foundation.close(writing)
    }
  }

  deinit { close() }
}
