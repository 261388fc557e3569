import LossCore
import LossKernels

/// Non-maximum suppression: walks the boxes, best first, and keeps each one that no kept box overlaps
/// by more than `threshold`.
///
/// No matrix is made: time is boxes × kept boxes, memory the kept boxes.
///
/// - Parameters:
///   - boxes: Boxes in the order of descending score.
///   - threshold: The IoU above which the later box goes.
///   - limit: The number of kept boxes at which to stop.
///   - convention: How sides are measured.
/// - Returns: The indices of the kept boxes, in order.
public func suppressOverlaps(
  _ boxes: [Box], above threshold: Float, keeping limit: Int = .max,
  _ convention: PixelConvention = .continuous
) -> [Int] {
  var indices: [Int] = []
  var kept = BoxList(extent: convention.extent)
  for (index, box) in boxes.enumerated() {
    if indices.count >= limit { break }
    if !kept.overlaps(box.corners, above: threshold) {
      kept.append(box.corners)
      indices.append(index)
    }
  }
  return indices
}
