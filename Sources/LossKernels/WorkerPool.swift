import CLibrary
import Dispatch
import Synchronization
import VectorArithmetic

/// Threads that help with loops, and stay for the next ones.
///
/// A helper that finds no loop keeps looking for some 100 µs before it sleeps: to wake one takes as long as
/// to evaluate 100,000 elements, and loops follow one another. Whoever opens a loop works on it as well and
/// never waits for a helper that hasn't come yet, so that loops may be opened by several threads at once,
/// and within one another.
final class WorkerPool: Sendable {
  /// The one of this process. A process that was forked begins with a new one, as it has none of its
  /// parent's threads.
  static var shared: WorkerPool { current.load(ordering: .acquiring).takeUnretainedValue() }

  private static let current: Atomic<Unmanaged<WorkerPool>> = {
    pthread_atfork(nil, nil) {
      // What the old one holds may be in the middle of a change; it is left as it is, never freed.
      WorkerPool.current.store(.passRetained(WorkerPool()), ordering: .releasing)
    }
    return Atomic(.passRetained(WorkerPool()))
  }()

  private struct State {
    /// The loops that go on, each with the number of helpers that may still come.
    var loops: [(loop: Loop, places: Int)] = []
    var helpers = 0
    var sleepers = 0
  }

  /// One helper for each processor but that of whoever opens a loop.
  private let mostHelpers = Workers.processors - 1
  private let state = Lock(State())
  /// How many loops were opened so far; changed under the lock, and looked at without it.
  private let opened = Atomic<Int>(0)
  private let wake = DispatchSemaphore(value: 0)

  private init() {}

  /// Calls `body` once for each index below `count`, on this thread and on up to `helpers` others.
  func forEach(below count: Int, helpers: Int, _ body: @Sendable (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        let loop = Loop(count: count, body)
        open(loop, places: min(helpers, mostHelpers))
        loop.run()
        state.withLock { $0.loops.removeAll { $0.loop === loop } }
        loop.waitForHelpers()
      }
    }
  }

  private func open(_ loop: Loop, places: Int) {
    let (started, woken) = state.withLock { state in
      state.loops.append((loop, places))
      opened.wrappingAdd(1, ordering: .releasing)
      let started = max(0, places - state.helpers)
      state.helpers += started
      let woken = min(places, state.sleepers)
      state.sleepers -= woken
      return (started, woken)
    }
    for _ in 0..<started { startHelper() }
    for _ in 0..<woken { wake.signal() }
  }

  /// Starts a thread that helps forever. If the system has none left, others do its work.
  private func startHelper() {
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    pthread_create(
      &thread, nil,
      { _ in
        pthread_detach(pthread_self())
        while true { WorkerPool.shared.help() }
      }, nil)
  }

  /// Helps with a loop, or waits until one is opened.
  private func help() {
    let before = opened.load(ordering: .acquiring)
    if let loop = join() {
      loop.run()
      loop.helpers.leave()
      return
    }
    for _ in 0..<3000 {
      if opened.load(ordering: .acquiring) != before { return }
      processor_pause()
    }
    let sleeps = state.withLock { state in
      guard opened.load(ordering: .acquiring) == before else { return false }
      state.sleepers += 1
      return true
    }
    if sleeps { wake.wait() }
  }

  /// Takes a place in the oldest loop that has one.
  private func join() -> Loop? {
    state.withLock { state in
      guard let index = state.loops.firstIndex(where: { $0.places > 0 }) else { return nil }
      state.loops[index].places -= 1
      state.loops[index].loop.helpers.enter()
      return state.loops[index].loop
    }
  }
}

/// Indices of which every thread takes the next one.
private final class Loop: Sendable {
  /// The helpers that work on it.
  let helpers = DispatchGroup()
  private let count: Int
  private let next = Atomic<Int>(0)
  // True because the body is Sendable, and outlives the helpers.
  nonisolated(unsafe) private let body: UnsafePointer<@Sendable (Int) -> Void>

  init(count: Int, _ body: UnsafePointer<@Sendable (Int) -> Void>) {
    self.count = count
    self.body = body
  }

  func run() {
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body.pointee(index)
    }
  }

  /// Waits for the helpers, which are about to be ready: awake at first.
  func waitForHelpers() {
    for _ in 0..<1000 {
      if helpers.wait(timeout: DispatchTime(uptimeNanoseconds: 0)) == .success { return }
      processor_pause()
    }
    helpers.wait()
  }
}
