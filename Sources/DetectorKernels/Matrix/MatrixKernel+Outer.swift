import LossKernels

extension MatrixKernel {
  /// Sets `result`, `[rows.depth, columns]`, to rowsᵀ · right: the gradient of a product by its right
  /// factor.
  ///
  /// Each element is summed up by one thread, over the rows in their order: the same bits for any number
  /// of threads. Both arrays must be longer than what is read by ``matrixTileWidth`` elements, as whole
  /// tiles are read. Does nothing where the factors don't fit each other or reach beyond an array.
  ///
  /// - Parameters:
  ///   - rows: The rows of the left factor.
  ///   - elements: The array that they lie in.
  ///   - right: The array that the rows of the right factor lie in.
  ///   - rightStarts: Where each of them begins.
  ///   - columns: The elements of each of them.
  public func multiplyTransposed(
    _ rows: GatheredRows, of elements: Span<Float>, with right: Span<Float>,
    at rightStarts: [Int], columns: Int, into result: inout MutableSpan<Float>, workers: Workers
  ) {
    let count = rows.starts.count
    if count == 0 { for index in result.indices { result[index] = 0 } }
    guard columns > 0, rows.depth > 0, result.count == rows.depth * columns,
      rightStarts.count == count, rows.extent <= elements.count - matrixTileWidth,
      (rightStarts.min() ?? 0) >= 0,
      (rightStarts.max() ?? 0) + columns <= right.count - matrixTileWidth
    else { return }
    let tilesPerSegment = (rows.length + self.rows - 1) / self.rows
    let tileCount = rows.segments.count * tilesPerSegment
    elements.withUnsafeBufferPointer { elements in
      right.withUnsafeBufferPointer { right in
        result.withUnsafeMutableBufferPointer { result in
          guard let elements = elements.baseAddress, let other = right.baseAddress,
            let result = result.baseAddress
          else { return }
          // True because each tile has elements of the result of its own.
          nonisolated(unsafe) let (left, right, target) = (elements, other, result)
          let block = 12
          workers.forEach(below: (tileCount + block - 1) / block) { index in
            sumTiles(
              index * block..<min(tileCount, (index + 1) * block), rows, left, right, rightStarts,
              columns: columns, into: target)
          }
        }
      }
    }
  }

  private func sumTiles(
    _ tiles: Range<Int>, _ rows: GatheredRows, _ left: UnsafePointer<Float>,
    _ right: UnsafePointer<Float>, _ rightStarts: [Int], columns: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let tileSize = self.rows * matrixTileWidth
    let tilesPerSegment = (rows.length + self.rows - 1) / self.rows
    let panels = (columns + matrixTileWidth - 1) / matrixTileWidth
    // So few rows at a time that those of both factors stay in the cache for all tiles.
    let chunk = 128
    withScratch(tiles.count * panels * tileSize) { sums in
      rows.starts.withUnsafeBufferPointer { leftStarts in
        rightStarts.withUnsafeBufferPointer { rightStarts in
          guard let leftStarts = leftStarts.baseAddress,
            let rightStarts = rightStarts.baseAddress
          else { return }
          for first in stride(from: 0, to: rows.starts.count, by: chunk) {
            let count = min(chunk, rows.starts.count - first)
            for panel in 0..<panels {
              for (place, tile) in tiles.enumerated() {
                let column =
                  rows.segments[tile / tilesPerSegment] + tile % tilesPerSegment * self.rows
                addOuter(
                  left + column, leftStarts + first, right + panel * matrixTileWidth,
                  rightStarts + first, count, sums + (place * panels + panel) * tileSize)
              }
            }
          }
        }
      }
      for (place, tile) in tiles.enumerated() {
        let first = tile % tilesPerSegment * self.rows
        let row = tile / tilesPerSegment * rows.length + first
        for panel in 0..<panels {
          let width = min(matrixTileWidth, columns - panel * matrixTileWidth)
          for offset in 0..<min(self.rows, rows.length - first) {
            let from = sums + ((place * panels + panel) * tileSize + offset * matrixTileWidth)
            (result + ((row + offset) * columns + panel * matrixTileWidth))
              .update(from: from, count: width)
          }
        }
      }
    }
  }
}
