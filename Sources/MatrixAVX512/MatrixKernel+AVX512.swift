import LossKernels

extension MatrixKernel {
  /// The loops compiled for x86-64-v4: AVX-512; only for a CPU that has it.
  public static let avx512 = MatrixKernel(name: "avx512", rows: 8) {
    MatrixTile<8, 2>().gather($0, starts: $1, segments: $2, length: $3, panel: $4, into: $5)
  } addOuter: {
    MatrixTile<8, 2>().addOuter($0, starts: $1, $2, starts: $3, count: $4, to: $5)
  }
}
