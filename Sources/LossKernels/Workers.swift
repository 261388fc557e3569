import Dispatch
import Foundation
import Synchronization

/// How many threads a computation may use; results never depend on it.
public struct Workers: Sendable, Equatable {
  /// The number of threads, at least one.
  public let count: Int

  /// `count` threads; fewer than one counts as one.
  public init(_ count: Int) {
    self.count = max(1, count)
  }

  /// `LOSSKIT_THREADS` from the environment where it is a positive number, else one a processor.
  public static let standard = Workers(
    ProcessInfo.processInfo.environment["LOSSKIT_THREADS"].flatMap { Int($0) }.flatMap {
      $0 > 0 ? $0 : nil
    } ?? ProcessInfo.processInfo.activeProcessorCount)

  /// Calls `body` once for each index below `count`, on up to ``count`` threads, in no given order.
  @usableFromInline
  func forEach(below count: Int, _ body: @Sendable (Int) -> Void) {
    let threads = min(self.count, count)
    guard threads > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= count { return }
        body(index)
      }
    }
  }
}
