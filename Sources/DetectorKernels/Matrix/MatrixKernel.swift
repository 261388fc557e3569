/// The matrix product for one instruction set: loops over a tile, compiled for it.
public struct MatrixKernel: Sendable {
  /// Makes a tile of rows times a panel, as ``MatrixTile/gather(_:starts:segments:length:panel:into:)``.
  public typealias Gather =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Int>, UnsafeBufferPointer<Int>, Int,
      UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  /// Adds to a tile, as ``MatrixTile/addOuter(_:starts:_:starts:count:to:)``.
  public typealias AddOuter =
    @Sendable (
      UnsafePointer<Float>, UnsafePointer<Int>, UnsafePointer<Float>, UnsafePointer<Int>, Int,
      UnsafeMutablePointer<Float>
    ) -> Void

  /// The name of the instruction set.
  public let name: String
  /// The rows of a tile.
  let rows: Int
  let gather: Gather
  let addOuter: AddOuter

  /// A kernel whose loops make tiles of `rows` rows.
  public init(name: String, rows: Int, gather: @escaping Gather, addOuter: @escaping AddOuter) {
    self.name = name
    self.rows = rows
    self.gather = gather
    self.addOuter = addOuter
  }

  /// The loops compiled for what every CPU of the architecture has.
  public static let baseline = MatrixKernel(name: "baseline", rows: 3) {
    MatrixTile<3, 1>().gather($0, starts: $1, segments: $2, length: $3, panel: $4, into: $5)
  } addOuter: {
    MatrixTile<3, 1>().addOuter($0, starts: $1, $2, starts: $3, count: $4, to: $5)
  }
}
