import LossKit
import TestSupport
import Testing

/// The assigner against the rule over a matrix, with every parameter on and off.
struct MaxIoUPropertyTests {
  static let thresholds = [
    (positive: Ratio(7, 10), negative: Ratio(3, 10)),
    (positive: Ratio(1, 2), negative: Ratio(1, 2)),
    (positive: Ratio(1, 3), negative: Ratio(0, 1)),
  ]

  /// Every rule: thresholds × low background × low quality off, from 0, from 1e-5 × clobbering × taking × ties.
  static let rules: [NaiveMaxIoU] = {
    var rules: [NaiveMaxIoU] = []
    for (positive, negative) in thresholds {
      for low in [Ratio(0, 1), Ratio(1, 10)] where low <= negative {
        for lowQuality in [nil, Ratio(0, 1), Ratio(1, 100_000)] as [Ratio?] {
          for flags in 0..<8 {
            rules.append(
              NaiveMaxIoU(
                positive: positive, negative: negative, negativeLow: low,
                matchesLowQuality: lowQuality != nil, lowQuality: lowQuality ?? Ratio(0, 1),
                clobbersPositives: flags & 1 > 0, lowQualityTakes: flags & 2 > 0,
                lowQualityTies: flags & 4 == 0))
          }
        }
      }
    }
    return rules
  }()

  /// What a scene of boxes on whole pixels shows, so that no rule goes untested.
  struct Seen {
    var positive = 0
    var background = 0
    var ignored = 0
    var lowQuality = 0
    var tiedTruths = 0
    var tiedPriors = 0
  }

  @Test(arguments: [false, true], [nil, 0, 3] as [Int?])
  func `assignments are those of the rule over a matrix`(plusOne: Bool, border: Int?) throws {
    var random = SeededGenerator(seed: 21)
    var seen = Seen()
    let extent = plusOne ? 1 : 0
    let limit = 18
    let size = ImageSize(height: limit, width: limit + 4)
    for scene in 0..<60 {
      // Priors may have no area; objects have one. Some of both come twice, some priors are objects.
      var truths = (0..<scene % 6).map { _ in
        IntegerBox(leastSide: 1, within: limit, using: &random)
      }
      truths += truths.prefix(scene % 2)
      let regions = (0..<scene % 3).map { _ in
        IntegerBox(leastSide: 1, within: limit, using: &random)
      }
      var priors =
        (0..<30).map { _ in IntegerBox(leastSide: 0, within: limit, using: &random) }
        + truths.prefix(2)
      priors += priors.prefix(6)

      let overlaps = priors.map { prior in truths.map { $0.overlap(prior, plus: extent) } }
      let takesPart = priors.map { prior in
        let isInside =
          border.map { border in
            prior.x1 >= -border && prior.y1 >= -border
              && prior.x2 < size.width + border && prior.y2 < size.height + border
          } ?? true
        let isIgnored = regions.contains { region in
          let shared = region.shared(prior, plus: extent)
          return shared > 0 && 2 * shared >= prior.area(plus: extent)
        }
        return isInside && !isIgnored
      }
      let groundTruth = GroundTruth(
        boxes: truths.map(\.box), labels: [], ignoredRegions: regions.map(\.box))
      for rule in Self.rules {
        let expected = rule.matches(overlaps, takesPart: takesPart) { $0 }
        let assigner = try MaxIoUAssigner(rule.values(border: border, plusOne: plusOne))
        let found = try assigner.assign(priors.map(\.box), to: groundTruth, imageSize: size)
        #expect(found.matches == expected, "scene \(scene), \(rule)")
        count(expected, overlaps, rule, in: &seen)
      }
    }
    #expect(seen.positive > 1000 && seen.background > 1000 && seen.ignored > 1000)
    #expect(seen.lowQuality > 500 && seen.tiedTruths > 500 && seen.tiedPriors > 500)
  }

  private func count(
    _ matches: [Int32], _ overlaps: [[Ratio]], _ rule: NaiveMaxIoU, in seen: inout Seen
  ) {
    for (prior, match) in matches.enumerated() {
      switch match {
      case Assignment.background: seen.background += 1
      case Assignment.ignored: seen.ignored += 1
      default:
        seen.positive += 1
        let overlap = overlaps[prior][Int(match)]
        if overlap < rule.positive { seen.lowQuality += 1 }
        if overlaps[prior].filter({ $0 == overlap }).count > 1 { seen.tiedTruths += 1 }
        if overlaps.filter({ $0[Int(match)] == overlap }).count > 1 { seen.tiedPriors += 1 }
      }
    }
  }

  /// Real coordinates: the same rule over a matrix of single-precision overlaps.
  @Test(arguments: [PixelConvention.continuous, .inclusive])
  func `no matrix is needed for real coordinates either`(convention: PixelConvention) throws {
    var random = SeededGenerator(seed: 22)
    let size = ImageSize(height: 200, width: 200)
    for scene in 0..<12 {
      let truths = random.boxes(1 + scene % 5, within: 200, sides: 4...120)
      // Neighbours of the objects, so that high overlaps occur, and strangers.
      let priors =
        truths.flatMap { box in
          (0..<20).map { _ in
            let shift = random.floats(4, in: -8...8)
            return Box(
              box.x1 + shift[0], box.y1 + shift[1], max(box.x1 + shift[0], box.x2 + shift[2]),
              max(box.y1 + shift[1], box.y2 + shift[3]))
          }
        } + random.boxes(50, within: 200, sides: 4...120)
      let overlaps = priors.map { prior in truths.map { prior.iou($0, convention) } }
      for rule in Self.rules {
        let expected = rule.matches(overlaps, takesPart: priors.map { _ in true }) {
          Float($0.number)
        }
        let found = try MaxIoUAssigner(rule.values(border: nil, plusOne: convention == .inclusive))
          .assign(priors, to: GroundTruth(boxes: truths, labels: []), imageSize: size)
        #expect(found.matches == expected, "scene \(scene), \(rule)")
      }
    }
  }
}
