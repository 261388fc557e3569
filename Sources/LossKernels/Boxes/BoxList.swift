/// Boxes that others are held against, sixteen at a time.
public struct BoxList: Sendable {
  private let extent: Float
  private var count = 0
  private var vectors: [BoxVector] = []

  /// No boxes; `extent` is what is added to differences of coordinates to make sides.
  public init(extent: Float) {
    self.extent = extent
  }

  /// Adds the box (x1, y1, x2, y2).
  public mutating func append(_ corners: SIMD4<Float>) {
    let lane = count % BoxVector.count
    if lane == 0 { vectors.append(BoxVector()) }
    vectors[vectors.count - 1].set(lane, to: MeasuredBox(corners, extent: extent))
    count += 1
  }

  /// Whether the intersection over union of a box of the list and (x1, y1, x2, y2) is above
  /// `threshold`; overlaps are computed as `Box.iou` does, to the bit.
  public func overlaps(_ corners: SIMD4<Float>, above threshold: Float) -> Bool {
    let box = MeasuredBox(corners, extent: extent)
    for place in vectors.indices {
      let greatest = greatestOfQuarters(overlap(vectors.span, place, box, extent: extent))
      if max(max(greatest[0], greatest[1]), max(greatest[2], greatest[3])) > threshold {
        return true
      }
    }
    return false
  }
}

/// The vector comes as a place in a span because it would be copied for the call otherwise.
@inline(never)
private func overlap(
  _ vectors: Span<BoxVector>, _ place: Int, _ box: MeasuredBox, extent: Float
) -> SIMD16<Float> {
  vectors[place].overlap(BoxVector(repeating: box), extent: extent)
}
