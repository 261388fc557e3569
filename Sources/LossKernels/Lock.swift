import CLibrary
import Synchronization
import VectorArithmetic

/// A value that one thread at a time reads and changes.
///
/// It stands in for Swift's `Mutex`, which on Linux remembers the number of each thread: in a process that was
/// forked the number is another one, and to unlock what two threads wanted ends the process. What a thread of
/// the parent held when it forked, which nobody would ever unlock, is open in the child; the value should be
/// one that is written at once, such as a reference.
///
/// Sendable without a check: the value is touched under the lock alone.
package final class Lock<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value
  /// The forks at which the mutex was made; `making` while a thread makes it again.
  private let forks = Atomic<Int>(Forks.count)
  private static var making: Int { -1 }

  /// A lock around `value`.
  package init(_ value: Value) {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
    self.value = value
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Calls `body` with the value; it must not ask for the same lock.
  package func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    if forks.load(ordering: .acquiring) != Forks.count { makeAgain() }
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  /// Makes the mutex anew in a process that was forked, on the first thread that wants it.
  private func makeAgain() {
    let now = Forks.count
    var before = forks.load(ordering: .acquiring)
    while before != now {
      if before != Self.making,
        forks.compareExchange(
          expected: before, desired: Self.making, ordering: .acquiringAndReleasing
        ).exchanged
      {
        pthread_mutex_init(mutex, nil)
        forks.store(now, ordering: .releasing)
      }
      processor_pause()
      before = forks.load(ordering: .acquiring)
    }
  }
}
