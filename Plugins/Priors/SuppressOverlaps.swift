import LossCore

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
  var kept: [Int] = []
  for (index, box) in boxes.enumerated() {
    if kept.count >= limit { break }
    if !kept.contains(where: { boxes[$0].iou(box, convention) > threshold }) {
      kept.append(index)
    }
  }
  return kept
}
