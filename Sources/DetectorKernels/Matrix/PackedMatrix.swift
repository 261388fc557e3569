/// The right factor of a matrix product, its columns put into panels of ``matrixTileWidth``.
public struct PackedMatrix: Sendable {
  /// The number of rows.
  public let depth: Int
  /// The number of columns.
  public let columns: Int
  /// Panel by panel, row by row; the last panel is filled up with zeros.
  let panels: [Float]

  /// Packs the matrix whose element (k, n) is `elements[rowStarts[k] + n · columnStride]`.
  ///
  /// - Parameters:
  ///   - elements: What the matrix is taken from.
  ///   - rowStarts: Where each row begins, in range.
  ///   - columns: The number of columns.
  ///   - columnStride: The elements between neighbours in a row.
  public init(
    _ elements: Span<Float>, rowStarts: [Int], columns: Int, columnStride: Int = 1
  ) {
    let width = matrixTileWidth
    let depth = rowStarts.count
    let columns = max(0, columns)
    let panelCount = (columns + width - 1) / width
    let reach = max(0, columns - 1) * columnStride
    let isInRange =
      columnStride >= 0
      && rowStarts.allSatisfy { $0 >= 0 && $0 + reach < elements.count }
    self.depth = depth
    self.columns = columns
    self.panels = [Float](unsafeUninitializedCapacity: panelCount * depth * width) {
      buffer, initializedCount in
      buffer.initialize(repeating: 0)
      initializedCount = buffer.count
      guard isInRange else { return }
      elements.withUnsafeBufferPointer { source in
        for panel in 0..<panelCount {
          let count = min(width, columns - panel * width)
          for row in 0..<depth {
            let target = (panel &* depth &+ row) &* width
            let start = rowStarts[row] &+ panel &* width &* columnStride
            for column in 0..<count {
              buffer[target &+ column] = source[start &+ column &* columnStride]
            }
          }
        }
      }
    }
  }
}
