import DetectorKernels
import LossCore

/// RoIAlign: a region of a feature map as a grid of bins, each the mean of points that are
/// interpolated between cells.
///
/// A box is scaled to the map and moved by half a cell, so that cell centres lie where pixels' do. Each
/// bin is the mean over `samples` × `samples` points evenly spread in it. A point further than a cell
/// outside of the map counts 0, one at the border takes the nearest cells. He et al. 2017,
/// arXiv:1703.06870; `torchvision.ops.roi_align` with `aligned=True`.
public struct RoIAlign: Sendable {
  /// The rows and columns of bins.
  public let size: Int
  /// The rows and columns of points in a bin.
  public let samples: Int

  /// A grid of bins.
  public init(size: Int = 7, samples: Int = 2) {
    self.size = size
    self.samples = samples
  }

  /// For one image, the bins of boxes as weighted sums of cells: boxes, rows of bins, columns of bins.
  ///
  /// - Parameters:
  ///   - boxes: Boxes in pixels.
  ///   - stride: The pixels between two cells.
  ///   - features: The feature maps in which the bins' cells are looked up.
  public func bins(of boxes: [Box], image: Int, stride: Int, in features: Features) -> WeightedRows
  {
    var rows = WeightedRows()
    let scale = 1 / Float(stride)
    for box in boxes {
      let y = axis(from: box.y1 * scale - 0.5, to: box.y2 * scale - 0.5, cells: features.height)
      let x = axis(from: box.x1 * scale - 0.5, to: box.x2 * scale - 0.5, cells: features.width)
      for row in y {
        for column in x {
          for (i, rowWeight) in row {
            for (j, columnWeight) in column {
              rows.append(
                source: Int32(
                  truncatingIfNeeded: features.start(image: image, row: i, column: j)),
                weight: rowWeight * columnWeight)
            }
          }
          rows.endRow()
        }
      }
    }
    return rows
  }

  /// Along one axis, the cells that each bin is made of, with their weights.
  private func axis(from start: Float, to end: Float, cells: Int) -> [[(cell: Int, weight: Float)]]
  {
    let step = (end - start) / Float(size * samples)
    let share = 1 / Float(samples)
    return (0..<size).map { bin in
      var weights: [(cell: Int, weight: Float)] = []
      func add(_ cell: Int, _ weight: Float) {
        if let last = weights.indices.last, weights[last].cell == cell {
          weights[last].weight += weight
        } else if let index = weights.firstIndex(where: { $0.cell == cell }) {
          weights[index].weight += weight
        } else if weight != 0 {
          weights.append((cell, weight))
        }
      }
      for sample in 0..<samples {
        let point = start + (Float(bin * samples + sample) + 0.5) * step
        guard point >= -1, point <= Float(cells) else { continue }
        let inside = max(0, point)
        let low = min(Int(inside), cells - 1)
        let fraction = low == cells - 1 ? 0 : inside - Float(low)
        add(low, share * (1 - fraction))
        add(low + 1, share * fraction)
      }
      return weights
    }
  }
}
