import AVX2Matrix
import AVX512Matrix
import DetectorKernels
import LossKernels

/// What layers compute with: the matrix product for the CPU at hand, and threads.
public struct Engine: Sendable {
  /// The matrix product.
  public var kernel: MatrixKernel
  /// The threads; results don't depend on their number.
  public var workers: Workers

  /// An engine; the matrix product for the CPU at hand where none is given.
  public init(kernel: MatrixKernel = .standard, workers: Workers = .standard) {
    self.kernel = kernel
    self.workers = workers
  }
}

extension MatrixKernel {
  /// The product for the instruction set that `LOSSKIT_ISA` names, or the widest of the CPU at hand.
  public static let standard: MatrixKernel =
    switch InstructionSet.standard {
    case .avx512:
      MatrixKernel(
        name: "avx512", rows: AVX512Tiles.rows, gather: AVX512Tiles.gather,
        addOuter: AVX512Tiles.addOuter)
    case .avx2:
      MatrixKernel(
        name: "avx2", rows: AVX2Tiles.rows, gather: AVX2Tiles.gather, addOuter: AVX2Tiles.addOuter)
    case .baseline: .baseline
    }
}
