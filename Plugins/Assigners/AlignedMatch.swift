/// What a prior is matched to, and how well it predicts that.
struct AlignedMatch: Sendable {
  let object: Int
  /// The overlap of the predicted box with the ground truth.
  let overlap: Float
  /// The score and the overlap in one number.
  let metric: Float
}

extension [AlignedMatch?] {
  /// For each match the metric, scaled so that the best match of a ground truth has the largest overlap of its
  /// matches: metric / (largest metric + `eps`) · largest overlap; 0 where nothing is matched.
  func qualities(objects: Int, eps: Float) -> [Float] {
    var largest = [(metric: Float, overlap: Float)](repeating: (0, 0), count: objects)
    for match in lazy.compactMap({ $0 }) {
      largest[match.object].metric = Swift.max(largest[match.object].metric, match.metric)
      largest[match.object].overlap = Swift.max(largest[match.object].overlap, match.overlap)
    }
    return map { match in
      guard let match else { return 0 }
      let (metric, overlap) = largest[match.object]
      return match.metric / (metric + eps) * overlap
    }
  }
}
