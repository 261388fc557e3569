import LossKernels
import MatrixAVX2
import MatrixAVX512
import VectorArithmetic

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
  /// The product for the widest vectors that the CPU at hand has.
  public static let standard: MatrixKernel =
    if cpu_has_avx512() != 0 {
      MatrixKernel(
        name: "avx512", rows: AVX512Tiles.rows, gather: AVX512Tiles.gather,
        addOuter: AVX512Tiles.addOuter)
    } else if cpu_has_avx2() != 0 {
      MatrixKernel(
        name: "avx2", rows: AVX2Tiles.rows, gather: AVX2Tiles.gather, addOuter: AVX2Tiles.addOuter)
    } else {
      .baseline
    }
}
