import LossKernels

extension MatrixKernel {
  /// Sets rows of `result` to rows · matrix + bias.
  ///
  /// Each element is summed up by one thread, in the order of the row: the same bits for any number of
  /// threads. Does nothing where the factors don't fit each other or reach beyond an array.
  ///
  /// - Parameters:
  ///   - rows: The rows of the left factor.
  ///   - elements: The array that they lie in.
  ///   - matrix: The right factor.
  ///   - bias: A number for each column; none where it is empty.
  ///   - result: Receives the product.
  ///   - targets: Where each row of the product begins in `result`.
  public func multiply(
    _ rows: GatheredRows, of elements: Span<Float>, by matrix: PackedMatrix,
    bias: Span<Float>, into result: inout MutableSpan<Float>, at targets: [Int],
    workers: Workers
  ) {
    let count = rows.starts.count
    let (depth, columns) = (matrix.depth, matrix.columns)
    guard count > 0, columns > 0, rows.depth == depth, targets.count == count,
      rows.extent <= elements.count, bias.isEmpty || bias.count == columns,
      (targets.min() ?? -1) >= 0, (targets.max() ?? 0) <= result.count - columns
    else { return }
    let tileRows = self.rows
    // Many rows at a time, so that a panel is read from the second-level cache once for all of them.
    let blockRows = tileRows * 16
    let panelCount = (columns + matrixTileWidth - 1) / matrixTileWidth
    elements.withUnsafeBufferPointer { elements in
      matrix.panels.withUnsafeBufferPointer { panels in
        bias.withUnsafeBufferPointer { bias in
          result.withUnsafeMutableBufferPointer { result in
            guard let elements = elements.baseAddress, let matrix = panels.baseAddress,
              let result = result.baseAddress
            else { return }
            // True because no two rows have one target element, and no target is read.
            nonisolated(unsafe) let (source, packed, target) = (elements, matrix, result)
            nonisolated(unsafe) let added = bias
            workers.forEach(below: (count + blockRows - 1) / blockRows) { block in
              let range = block * blockRows..<min(count, (block + 1) * blockRows)
              withScratch(tileRows * matrixTileWidth) { tile in
                for panel in 0..<panelCount {
                  let column = panel * matrixTileWidth
                  let width = min(matrixTileWidth, columns - column)
                  for first in stride(from: range.lowerBound, to: range.upperBound, by: tileRows) {
                    let valid = min(tileRows, range.upperBound - first)
                    product(
                      rows, first: first, valid: valid, of: source,
                      panel: packed + panel * depth * matrixTileWidth, into: tile)
                    for row in 0..<valid {
                      let from = tile + row &* matrixTileWidth
                      let to = target + (targets[first &+ row] &+ column)
                      if added.isEmpty {
                        to.update(from: from, count: width)
                      } else {
                        for index in 0..<width { to[index] = from[index] + added[column &+ index] }
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }

  /// One tile; where rows are lacking, the last one is computed again.
  private func product(
    _ rows: GatheredRows, first: Int, valid: Int, of source: UnsafePointer<Float>,
    panel: UnsafePointer<Float>, into tile: UnsafeMutablePointer<Float>
  ) {
    rows.segments.withUnsafeBufferPointer { segments in
      rows.starts.withUnsafeBufferPointer { starts in
        guard let start = starts.baseAddress else { return }
        guard valid < self.rows else {
          gather(source, start + first, segments, rows.length, panel, tile)
          return
        }
        withUnsafeTemporaryAllocation(of: Int.self, capacity: self.rows) { padded in
          for row in padded.indices { padded[row] = start[first + min(row, valid - 1)] }
          guard let padded = padded.baseAddress else { return }
          gather(source, padded, segments, rows.length, panel, tile)
        }
      }
    }
  }
}

/// Calls `body` with room for `count` elements, all 0.
func withScratch(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
  withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, count)) { buffer in
    buffer.initialize(repeating: 0)
    if let start = buffer.baseAddress { body(start) }
  }
}
