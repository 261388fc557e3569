import CLibrary

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

  /// The numbers of threads that may be asked for.
  public static let counts = 1...1024

  /// `LOSSKIT_THREADS` from the environment where it is one of ``counts``, else one a processor.
  public static let standard = Workers(
    environmentVariable("LOSSKIT_THREADS").flatMap { Int($0) }.flatMap {
      counts.contains($0) ? $0 : nil
    } ?? processors)

  /// The number of processors, at least one.
  static let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  /// What is wrong with the variables that ``standard`` and ``InstructionSet/standard`` read, if
  /// anything is; they go by the processor then, and a command may rather tell.
  public static func problem(
    inEnvironment value: (String) -> String? = environmentVariable
  ) -> String? {
    func problem(_ name: String, _ expected: String, _ isRight: (String) -> Bool) -> String? {
      guard let text = value(name), !text.isEmpty, !isRight(text) else { return nil }
      return "\(name) is \(text.debugDescription); expected \(expected), or leave it unset"
    }
    let names = InstructionSet.allCases.map(\.rawValue)
    return problem(
      "LOSSKIT_THREADS", "an integer from \(counts.lowerBound) to \(counts.upperBound)"
    ) {
      Int($0).map(counts.contains) ?? false
    }
      ?? problem("LOSSKIT_ISA", "one of \(names.joined(separator: ", "))", names.contains)
  }

  /// Calls `body` once for each index below `count`, on up to ``count`` threads, in no given order.
  @usableFromInline
  package func forEach(below count: Int, _ body: @Sendable (Int) -> Void) {
    let threads = min(self.count, count)
    guard threads > 1 else {
      for index in 0..<count { body(index) }
      return
    }
    WorkerPool.shared.forEach(below: count, helpers: threads - 1, body)
  }
}
