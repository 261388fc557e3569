import DetectorKernels

/// The loops of MatrixTile compiled for x86-64-v3: AVX2 and fused multiply-add.
///
/// Functions of pointers and nothing else, so that no code for this instruction set gets a name that
/// other modules share.
public enum AVX2Tiles {
  /// The rows of a tile.
  public static var rows: Int { 6 }

  /// Makes a tile of rows times a panel.
  public static func gather(
    _ elements: UnsafePointer<Float>, starts: UnsafePointer<Int>,
    segments: UnsafeBufferPointer<Int>, length: Int, panel: UnsafePointer<Float>,
    into tile: UnsafeMutablePointer<Float>
  ) {
    MatrixTile<6, 1>().gather(
      elements, starts: starts, segments: segments, length: length, panel: panel, into: tile)
  }

  /// Adds to a tile.
  public static func addOuter(
    _ left: UnsafePointer<Float>, starts leftStarts: UnsafePointer<Int>,
    _ right: UnsafePointer<Float>, starts rightStarts: UnsafePointer<Int>, count: Int,
    to tile: UnsafeMutablePointer<Float>
  ) {
    MatrixTile<6, 1>().addOuter(
      left, starts: leftStarts, right, starts: rightStarts, count: count, to: tile)
  }
}
