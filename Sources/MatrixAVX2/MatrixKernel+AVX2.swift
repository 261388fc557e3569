import LossKernels

extension MatrixKernel {
  /// The loops compiled for x86-64-v3: AVX2 with fused multiply and add; only for a CPU that has it.
  public static let avx2 = MatrixKernel(name: "avx2", rows: 6) {
    MatrixTile<6, 1>().gather($0, starts: $1, segments: $2, length: $3, panel: $4, into: $5)
  } addOuter: {
    MatrixTile<6, 1>().addOuter($0, starts: $1, $2, starts: $3, count: $4, to: $5)
  }
}
