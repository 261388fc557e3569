import LossKit
import TestSupport
import Testing

/// Numbers of priors and ground truths around the sizes that are worked on at a time, in any order,
/// on one to three threads.
struct MaxIoUSizeTests {
  static let rules = [
    NaiveMaxIoU(), NaiveMaxIoU(lowQuality: Ratio(0, 1)),
    NaiveMaxIoU(matchesLowQuality: false), NaiveMaxIoU(clobbersPositives: true),
    NaiveMaxIoU(positive: Ratio(1, 2), negative: Ratio(1, 2), negativeLow: Ratio(1, 10)),
  ]

  /// A matrix of overlaps, those that aren't numbers as 0.
  func overlaps(_ priors: [Box], _ truths: [Box]) -> [[Float]] {
    priors.map { prior in
      truths.map {
        let overlap = $0.iou(prior)
        return overlap.isNaN ? 0 : overlap
      }
    }
  }

  func check(_ priors: [Box], _ truths: [Box], _ comment: Comment) throws {
    let size = ImageSize(height: 300, width: 400)
    let overlaps = overlaps(priors, truths)
    for rule in Self.rules {
      let expected = rule.matches(overlaps, takesPart: priors.map { _ in true }) {
        Float($0.number)
      }
      let assigner = try MaxIoUAssigner(rule.values(border: nil, plusOne: false))
      for workers in 1...3 {
        let found = try assigner.assign(
          priors, to: GroundTruth(boxes: truths, labels: []), imageSize: size,
          workers: Workers(workers))
        #expect(found.matches == expected, "\(comment), \(workers) workers, \(rule)")
      }
    }
  }

  /// Anchors of six shapes on a grid, which tie, among boxes of any shape, shuffled.
  func priors(_ count: Int, using random: inout SeededGenerator) -> [Box] {
    let shapes: [(Float, Float)] = [(16, 16), (22, 11), (11, 22), (96, 96), (136, 68), (68, 136)]
    let anchors = (0..<count).map { index in
      let (width, height) = shapes[index % 6]
      let x = Float(index / 6 % 25) * 16
      let y = Float(index / 150 % 18) * 16
      return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    }
    let strangers = random.boxes(count / 3, within: 400, sides: 1...200)
    return Array((strangers + anchors).prefix(count)).shuffled(using: &random)
  }

  @Test(arguments: [0, 1, 15, 16, 17, 63, 64, 65, 1003, 2049], [0, 1, 16, 70])
  func `assignments are those of the rule over a matrix`(priorCount: Int, truthCount: Int) throws {
    var random = SeededGenerator(seed: 31)
    let priors = priors(priorCount, using: &random)
    // Some objects are anchors, some come twice.
    var truths = random.boxes(truthCount, within: 380, sides: 3...150)
    for index in truths.indices where index % 5 == 1 {
      truths[index] = priors.randomElement(using: &random) ?? truths[0]
    }
    for index in truths.indices where index % 7 == 3 { truths[index] = truths[index - 1] }
    try check(priors, truths, "\(priorCount) priors, \(truthCount) ground truths")
  }

  @Test func `boxes without area and beyond all measure are assigned by the same rule`() throws {
    var random = SeededGenerator(seed: 32)
    let huge: Float = 1e20
    let odd = [
      Box(50, 50, 50, 50), Box(50, 50, 50, 90), Box(0, 0, 0, 0), Box(60, 60, 40, 40),
      Box(-huge, -huge, huge, huge), Box(-huge, 10, huge, 20), Box(0, 0, 1e-20, 1e-20),
      Box(0, 0, huge, 1e-10), Box(huge, huge, 2 * huge, 2 * huge), Box(1e-22, 0, 1e-21, 1e-20),
    ]
    let usual = random.boxes(40, within: 200, sides: 5...90)
    try check((usual + odd).shuffled(using: &random), Array(usual.prefix(6)), "odd priors")
    try check(usual, odd, "odd ground truths")
    try check((usual + odd + odd).shuffled(using: &random), odd + usual.prefix(6), "both")
  }

  @Test func `coordinates that aren't finite trap nowhere, and match nothing`() throws {
    let priors = [
      Box(.nan, 0, 10, 10), Box(0, 0, .nan, 10), Box(-.infinity, 0, .infinity, 10),
      Box(.nan, .nan, .nan, .nan), Box(.infinity, .infinity, .infinity, .infinity),
    ]
    let assigner = try MaxIoUAssigner()
    let size = ImageSize(height: 100, width: 100)
    let truths = [Box(0, 0, 10, 10), Box(.nan, 0, .nan, 10), Box(0, 0, .infinity, .infinity)]
    for boxes in [truths, Array(truths.prefix(1)), Array(truths.suffix(1))] {
      let found = try assigner.assign(
        priors, to: GroundTruth(boxes: boxes, labels: []), imageSize: size)
      #expect(found.matches == priors.map { _ in Assignment.background })
    }
  }

  @Test func `priors outside are left out among many`() throws {
    var random = SeededGenerator(seed: 33)
    let priors = priors(3000, using: &random)
    let truths = random.boxes(40, within: 300, sides: 3...150)
    let takesPart = priors.map { $0.x1 >= 0 && $0.y1 >= 0 && $0.x2 < 400 && $0.y2 < 300 }
    let rule = NaiveMaxIoU()
    let expected = rule.matches(overlaps(priors, truths), takesPart: takesPart) {
      Float($0.number)
    }
    for workers in 1...3 {
      let found = try MaxIoUAssigner(rule.values(border: 0, plusOne: false)).assign(
        priors, to: GroundTruth(boxes: truths, labels: []),
        imageSize: ImageSize(height: 300, width: 400), workers: Workers(workers))
      #expect(found.matches == expected)
    }
    #expect(Set(expected.map { min($0, 0) }) == [-2, -1, 0])
  }
}
