import Foundation
import Synchronization

/// SIGTERM, by which schedulers and sweeps ask a training to end.
enum Termination {
  private static let isAsked = Atomic(false)

  /// Whether the process was asked to end.
  static var isRequested: Bool { isAsked.load(ordering: .relaxed) }

  /// From now on the first SIGTERM asks, and the second ends the process as ever.
  static func awaitRequest() {
    // Made before the handler runs, which may do next to nothing.
    isAsked.store(false, ordering: .relaxed)
    signal(SIGTERM) { _ in
      Termination.isAsked.store(true, ordering: .relaxed)
      signal(SIGTERM, SIG_DFL)
    }
  }

  /// Ends the process as SIGTERM does.
  static func complete() -> Never {
    signal(SIGTERM, SIG_DFL)
    kill(getpid(), SIGTERM)
    while true { pause() }
  }
}
