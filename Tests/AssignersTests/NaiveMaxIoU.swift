import LossKit

/// The rule of the maximum-IoU assigner over a matrix of all overlaps, as the first implementations
/// have it: labels are written one rule after the other, later rules over earlier ones.
struct NaiveMaxIoU {
  var positive = Ratio(7, 10)
  var negative = Ratio(3, 10)
  var negativeLow = Ratio(0, 1)
  var matchesLowQuality = true
  var lowQuality = Ratio(1, 100_000)
  var clobbersPositives = false
  var lowQualityTakes = false
  var lowQualityTies = true

  /// - Parameters:
  ///   - overlaps: A row a prior, a column a ground truth.
  ///   - takesPart: Which priors are inside the image and outside ignored regions.
  func matches<Overlap: Comparable>(
    _ overlaps: [[Overlap]], takesPart: [Bool], threshold: (Ratio) -> Overlap
  ) -> [Int32] {
    let priors = overlaps.indices.filter { takesPart[$0] }
    var matches = [Int32](repeating: -2, count: overlaps.count)
    guard let truths = overlaps.first?.indices, !truths.isEmpty else {
      for prior in priors { matches[prior] = -1 }
      return matches
    }
    // `firstIndex(of: max)` is the first of equals.
    let best = overlaps.map { row in row.max().flatMap { row.firstIndex(of: $0) } ?? 0 }

    func writeBackground() {
      for prior in priors {
        let overlap = overlaps[prior][best[prior]]
        if overlap >= threshold(negativeLow), overlap < threshold(negative) { matches[prior] = -1 }
      }
    }
    if !clobbersPositives { writeBackground() }
    func writeBestPriors() {
      for truth in truths {
        guard let top = priors.map({ overlaps[$0][truth] }).max(), top >= threshold(lowQuality)
        else { continue }
        for prior in priors where overlaps[prior][truth] == top {
          matches[prior] = Int32(lowQualityTakes ? truth : best[prior])
          if !lowQualityTies { break }
        }
      }
    }
    if matchesLowQuality, !lowQualityTakes { writeBestPriors() }
    for prior in priors where overlaps[prior][best[prior]] >= threshold(positive) {
      matches[prior] = Int32(best[prior])
    }
    if matchesLowQuality, lowQualityTakes { writeBestPriors() }
    if clobbersPositives { writeBackground() }
    return matches
  }

  /// The parameters of the assigner that says the same.
  func values(
    border: Int?, plusOne: Bool
  ) -> [String: ParameterValue] {
    [
      "positive_iou": .number(positive.number), "negative_iou": .number(negative.number),
      "negative_iou_low": .number(negativeLow.number),
      "match_low_quality": .boolean(matchesLowQuality),
      "low_quality_iou": .number(lowQuality.number),
      "clobber_positives": .boolean(clobbersPositives),
      "low_quality_takes": .boolean(lowQualityTakes),
      "low_quality_ties": .boolean(lowQualityTies),
      "allowed_border": border.map { .integer($0) } ?? .null,
      "legacy_plus_one": .boolean(plusOne),
    ]
  }
}

/// A fraction of integers, compared exactly; the denominator is positive.
struct Ratio: Comparable, Sendable {
  let numerator: Int
  let denominator: Int

  init(_ numerator: Int, _ denominator: Int) {
    self.numerator = numerator
    self.denominator = denominator
  }

  var number: Double { Double(numerator) / Double(denominator) }

  static func < (left: Self, right: Self) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }
  static func == (left: Self, right: Self) -> Bool {
    left.numerator * right.denominator == right.numerator * left.denominator
  }
}
