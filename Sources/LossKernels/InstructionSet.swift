import CLibrary
import VectorArithmetic

/// Which instructions of the processor a computation may use; results never depend on it.
///
/// Kernels are compiled once for each, from the same source, and chosen while the program runs. All
/// operations round in one way only, so that wider vectors change the time and not a bit. On arm64
/// there is the baseline alone, which has NEON.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable {
  /// What every processor of the architecture has: SSE2 on x86-64, NEON on arm64.
  case baseline
  /// AVX2 and what comes with it (x86-64-v3): vectors of 256 bits.
  case avx2
  /// AVX-512 (x86-64-v4): vectors of 512 bits.
  case avx512

  /// The widest one that this processor has.
  public static let widest: InstructionSet =
    switch x86_64_level() {
    case 4: .avx512
    case 3: .avx2
    default: .baseline
    }

  /// The one that `LOSSKIT_ISA` names (`baseline`, `avx2` or `avx512`) where the processor has it, else
  /// ``widest``.
  public static let standard = min(
    environmentVariable("LOSSKIT_ISA").flatMap(InstructionSet.init(rawValue:))
      ?? widest, widest)

  /// Narrower before wider.
  public static func < (left: InstructionSet, right: InstructionSet) -> Bool {
    allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
  }
}
