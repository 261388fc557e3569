/// Priors of about the same shape at about the same place, sixteen by sixteen.
struct PriorGroup: Sendable {
  /// The number of vectors in a group, but for the last one.
  static let count = 32

  /// The priors, filled up with boxes that overlap nothing.
  let vectors: [BoxVector]
  /// The bounds of each vector's priors.
  let vectorBounds: [MeasuredBox]
  /// The bounds of all.
  let bounds: MeasuredBox

  /// The priors (x1, y1, x2, y2) at the places of the group numbered `group`.
  init(_ group: Int, of priors: [SIMD4<Float>?], in order: BoxOrder, extent: Float) {
    let size = Self.count * BoxVector.count
    let places = group * size..<min((group + 1) * size, order.indices.count)
    let count = (places.count + BoxVector.count - 1) / BoxVector.count
    var vectors = [BoxVector](repeating: BoxVector(), count: count)
    var vectorBounds = [MeasuredBox](repeating: MeasuredBox(), count: count)
    var vectorSpan = vectors.mutableSpan
    var boundSpan = vectorBounds.mutableSpan
    for place in places {
      guard let corners = priors[Int(order.indices[place])] else { continue }
      let prior = MeasuredBox(corners, extent: extent)
      let (vector, lane) = (place - places.lowerBound).quotientAndRemainder(
        dividingBy: BoxVector.count)
      vectorSpan[vector].set(lane, to: prior)
      boundSpan[vector].formBounds(with: prior)
    }
    self.vectors = vectors
    self.vectorBounds = vectorBounds
    bounds = vectorBounds.reduce(into: MeasuredBox()) { $0.formBounds(with: $1) }
  }
}
