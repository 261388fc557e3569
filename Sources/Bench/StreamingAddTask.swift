import LossKit
import Synchronization

/// c = a + b over vectors that no cache holds: what the memory can do for a loss at best, which also
/// reads two numbers and writes one.
struct StreamingAddTask: BenchTask {
  let elements: Int
  private let parts: [Part]
  private let workers: Workers

  /// Vectors of `count` elements, split evenly between the threads.
  init(count: Int, workers: Workers) throws {
    self.workers = workers
    let lanes = max(1, count / Lanes.scalarCount / workers.count)
    parts = (0..<workers.count).map { _ in Part(lanes: lanes) }
    elements = lanes * Lanes.scalarCount * parts.count
  }

  var bytes: Int? { 3 * MemoryLayout<Float>.size * elements }

  func run() {
    let parts = parts
    _ = workers.map(below: parts.count) { parts[$0].add() }
  }

  func summary(of result: Void) -> BenchSummary {
    BenchSummary(value: parts.reduce(0) { $0 + $1.sum })
  }

  private typealias Lanes = SIMD16<Float>

  /// One thread's share, owned by it while it adds.
  private final class Part: Sendable {
    private let left: [Lanes]
    private let right: [Lanes]
    private let result: Mutex<[Lanes]>

    init(lanes: Int) {
      left = Array(repeating: Lanes(repeating: 1), count: lanes)
      right = Array(repeating: Lanes(repeating: 2), count: lanes)
      result = Mutex(Array(repeating: Lanes(), count: lanes))
    }

    func add() {
      result.withLock { result in
        var result = result.mutableSpan
        for index in result.indices { result[index] = left[index] + right[index] }
      }
    }

    var sum: Double {
      result.withLock { $0.reduce(0) { $0 + Double($1.sum()) } }
    }
  }
}
