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
    for range in AreaRange.allCases {
      let objectCount = images.reduce(0) { $0 + $1.objectCount(in: range) }
      guard objectCount > 0 else { continue }
      let outcomes = images.map { $0.outcomes(in: range) }
      let thresholds = OverlapThresholds.all.indices
      ranges[range] = Range(
        precisions: thresholds.map { threshold in
          let all = outcomes.flatMap { $0[threshold] }
          return averagePrecision(of: order.lazy.map { all[$0] }, objectCount: objectCount)
        },
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
    objectCount = images.reduce(0) { $0 + $1.objectCount(in: .all) }
  }
}

/// The precision averaged over the recalls 0, 0.01, … 1: at each the highest precision at that recall
/// or beyond, 0 where it is never reached.
///
/// - Parameter outcomes: Of all detections, the surest first.
private func averagePrecision(
  of outcomes: some Sequence<Outcome>, objectCount: Int
) -> Double {
  var (right, wrong) = (0.0, 0.0)
  // One point for each object found: in between, recall stays and precision only falls.
  var points: [(recall: Double, precision: Double)] = []
  for outcome in outcomes {
    switch outcome {
    case .right:
      right += 1
      // The smallest addend to 1 that counts, as COCO has it; it makes 1 out of 1 a little less.
      points.append((right / Double(objectCount), right / (wrong + right + Double.ulpOfOne)))
    case .wrong: wrong += 1
    case .ignored: break
    }
  }
  var sum = 0.0
  var best = 0.0
  for hundredth in (0...100).reversed() {
    // As `numpy.linspace(0, 1, 101)` makes it.
    let recall = hundredth == 100 ? 1 : Double(hundredth) * 0.01
    while let point = points.last, point.recall >= recall {
      best = max(best, point.precision)
      points.removeLast()
    }
    sum += best
  }
  return sum / 101
}
