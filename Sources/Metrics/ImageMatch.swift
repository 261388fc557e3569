/// What became of a detection.
enum Outcome: UInt8 {
  /// It found an object that no surer detection had found.
  case right
  /// It found nothing, or what was found before.
  case wrong
  /// It found what doesn't count: a crowd, or an object or nothing outside of the range of areas.
  case ignored
}

/// The detections of one class in one image, matched to the annotations of that class.
///
/// As COCO does it: detections choose one after another, the surest first and of equally sure ones the
/// earlier. Each takes the annotation that it overlaps most, by the threshold at least, among those not
/// taken yet; of equal overlaps the later annotation. Annotations that don't count are looked at only
/// by detections that found none which does; crowds may be taken again and again.
struct ImageMatch {
  /// The scores of the detections, the surest first.
  let scores: [Float]
  private let areas: [Double]
  private let annotations: [Annotation]
  /// For each detection the overlap with each annotation.
  private let overlaps: [[Double]]

  /// - Parameter limit: How many of the detections, the surest first, are looked at.
  init(_ detections: [Detection], with annotations: [Annotation], limit: Int) {
    let order = detections.indices.sorted {
      let (left, right) = (detections[$0].score, detections[$1].score)
      return left > right || left == right && $0 < $1
    }.prefix(limit)
    let rectangles = order.map { MeasuredRectangle(detections[$0].box) }
    let objects = annotations.map { (MeasuredRectangle($0.box), $0.isCrowd) }
    scores = order.map { detections[$0].score }
    areas = rectangles.map(\.area)
    overlaps = rectangles.map { detection in
      objects.map { $0.overlap(ofDetection: detection, isCrowd: $1) }
    }
    self.annotations = annotations
  }

  /// How many annotations count in a range of areas.
  func objectCount(in range: AreaRange) -> Int {
    annotations.count { !$0.isCrowd && range.contains($0.area) }
  }

  /// What became of each detection at each threshold: those of the first threshold, then the next.
  func outcomes(in range: AreaRange) -> [[Outcome]] {
    let counting = counting(in: range)
    let order = Self.order(counting)
    return OverlapThresholds.all.map { threshold in
      taken(at: threshold, counting, order).enumerated().map {
        outcome(of: $0, $1, counting, range)
      }
    }
  }

  /// What became of each detection at one threshold, and which annotation it took.
  func matches(
    at threshold: Double, in range: AreaRange
  ) -> [(outcome: Outcome, annotation: Int?)] {
    let counting = counting(in: range)
    return taken(at: threshold, counting, Self.order(counting)).enumerated().map {
      (outcome(of: $0, $1, counting, range), $1)
    }
  }

  private func counting(in range: AreaRange) -> [Bool] {
    annotations.map { !$0.isCrowd && range.contains($0.area) }
  }

  /// The annotations that count first.
  private static func order(_ counting: [Bool]) -> [Int] {
    counting.indices.filter { counting[$0] } + counting.indices.filter { !counting[$0] }
  }

  /// For each detection the annotation that it takes.
  private func taken(at threshold: Double, _ counting: [Bool], _ order: [Int]) -> [Int?] {
    var isTaken = [Bool](repeating: false, count: annotations.count)
    return scores.indices.map { detection in
      let overlaps = overlaps[detection]
      var (best, match) = (threshold, nil as Int?)
      for index in order where !isTaken[index] || annotations[index].isCrowd {
        if let match, counting[match], !counting[index] { break }
        if overlaps[index] >= best { (best, match) = (overlaps[index], index) }
      }
      if let match { isTaken[match] = true }
      return match
    }
  }

  private func outcome(
    of detection: Int, _ taken: Int?, _ counting: [Bool], _ range: AreaRange
  ) -> Outcome {
    guard let taken else { return range.contains(areas[detection]) ? .wrong : .ignored }
    return counting[taken] ? .right : .ignored
  }
}
