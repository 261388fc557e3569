import CLibrary
import Synchronization

/// System calls that fail because a test wants them to.
///
/// In a debug build, the variable `LOSSKIT_FAULT` holds the number of a call that writes, counted from 1:
/// this one fails as on a full disk. A process whose variable is negative is killed there instead. A
/// release build has nothing of this.
package enum Fault {
  #if DEBUG
    private static let number = environmentVariable("LOSSKIT_FAULT").flatMap { Int($0) }
    private static let calls = Atomic(0)

    /// Whether the call that is about to be made is to fail, with the error in `errno`.
    package static var strikes: Bool {
      guard let number, calls.add(1, ordering: .relaxed).newValue == number.magnitude else {
        return false
      }
      if number < 0 { kill(getpid(), SIGKILL) }
      errno = ENOSPC
      return true
    }
  #else
    /// Whether the call that is about to be made is to fail: never.
    @inlinable package static var strikes: Bool { false }
  #endif
}
