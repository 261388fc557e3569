/// Smooth random values over the plane: random numbers on a lattice, blended in between.
struct LatticeNoise {
  private let values: [Float]
  private let columns: Int
  private let spacing: Float

  /// Values in -1 … 1 for points from 0 to `width` and 0 to `height`.
  init(_ random: inout SceneRandom, width: Int, height: Int, spacing: Int) {
    columns = width / spacing + 2
    self.spacing = Float(spacing)
    values = (0..<columns * (height / spacing + 2)).map { _ in random.uniform(-1, 1) }
  }

  /// Adds `amount` times the values of a row of pixels to `row`.
  func add(_ amount: Float, y: Int, to row: inout [Float]) {
    let (top, down) = Self.cell(Float(y) / spacing)
    let upper = top * columns
    for x in row.indices {
      let (left, right) = Self.cell(Float(x) / spacing)
      let above = values[upper + left] * (1 - right) + values[upper + left + 1] * right
      let below =
        values[upper + columns + left] * (1 - right) + values[upper + columns + left + 1] * right
      row[x] += amount * (above * (1 - down) + below * down)
    }
  }

  /// The cell of a coordinate, and how far the way to the next is gone, eased at both ends.
  private static func cell(_ coordinate: Float) -> (index: Int, share: Float) {
    let index = Int(coordinate)
    let share = coordinate - Float(index)
    return (index, share * share * (3 - 2 * share))
  }
}
