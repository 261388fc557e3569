/// Precision and recall of one class over all images.
struct ClassMetrics: Sendable, Equatable {
  /// Precision and recall over the objects of one range of areas.
  struct Range: Sendable, Equatable {
    /// The precision at each overlap threshold, averaged over 101 recalls.
    let precisions: [Double]
    /// For each limit of detections an image, the recall at each overlap threshold.
    let recalls: [[Double]]
  }

  /// By range of areas; `nil` for a range without objects.
  let ranges: [AreaRange: Range]
  /// The precisions at each overlap threshold, of objects of all areas; none without objects.
  let curves: [PrecisionCurve]
  /// The number of objects, crowds left out.
  let objectCount: Int

  /// Adds up matches.
  ///
  /// - Parameter limits: Numbers of detections an image of which recall is asked, smallest first.
  ///   Precision is that of the last.
  init(_ images: [ImageMatch], limits: [Int]) {
    // Where a detection stands among those of all images: by score, equal ones in order of the images.
    let scores = images.flatMap(\.scores)
    let order = scores.indices.sorted {
      scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1
    }
    var ranges: [AreaRange: Range] = [:]
    var allCurves: [PrecisionCurve] = []
    for range in AreaRange.allCases {
      let objectCount = images.reduce(0) { $0 + $1.objectCount(in: range) }
      guard objectCount > 0 else { continue }
      let outcomes = images.map { $0.outcomes(in: range) }
      let thresholds = OverlapThresholds.all.indices
      let curves = thresholds.map { threshold in
        let all = outcomes.flatMap { $0[threshold] }
        return PrecisionCurve(of: order.lazy.map { all[$0] }, objectCount: objectCount)
      }
      if range == .all { allCurves = curves }
      ranges[range] = Range(
        precisions: curves.map(\.mean),
        recalls: limits.map { limit in
          thresholds.map { threshold in
            let found = outcomes.reduce(0) { sum, image in
              sum + image[threshold].prefix(limit).count { $0 == .right }
            }
            return Double(found) / Double(objectCount)
          }
        })
    }
    self.ranges = ranges
    curves = allCurves
    objectCount = images.reduce(0) { $0 + $1.objectCount(in: .all) }
  }
}
