import CLibrary
import Synchronization

/// The forks that lie between this process and the one that loaded the library.
enum Forks {
  /// How many there are.
  static var count: Int { counter.load(ordering: .relaxed) }

  private static let counter: Atomic<Int> = {
    pthread_atfork(nil, nil) { Forks.counter.wrappingAdd(1, ordering: .relaxed) }
    return Atomic(0)
  }()
}
