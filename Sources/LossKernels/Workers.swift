import Foundation

/// How many threads a computation may use, and which instructions; results never depend on either.
public struct Workers: Sendable, Equatable {
  /// The number of threads, at least one.
  public let count: Int
  /// The instructions that kernels use, no wider than the processor has.
  public let instructions: InstructionSet

  /// `count` threads; fewer than one counts as one.
  public init(_ count: Int, instructions: InstructionSet = .standard) {
    self.count = max(1, count)
    self.instructions = min(instructions, .widest)
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
    WorkerPool.shared.forEach(below: count, helpers: threads - 1, body)
  }
}
