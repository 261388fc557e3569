import LossKit
import Testing

/// The documented steps of the assigner, each on a scene small enough to work out by hand.
struct MaxIoUStepTests {
  static let background = Assignment.background
  static let ignored = Assignment.ignored

  /// Assigns in an image of 100 pixels each way.
  func matches(
    _ priors: [Box], _ objects: [Box], regions: [Box] = [],
    _ values: [String: ParameterValue] = [:]
  ) throws -> [Int32] {
    try MaxIoUAssigner(values).assign(
      priors, to: GroundTruth(boxes: objects, labels: [], ignoredRegions: regions),
      imageSize: ImageSize(height: 100, width: 100)
    ).matches
  }

  /// A box that shares `percent` of its area with the box of `square`, which holds it.
  func part(_ percent: Float) -> Box { Box(0, 0, percent, 100) }
  let square = Box(0, 0, 100, 100)

  @Test func `thresholds divide positives, neither and background; both bounds are the upper's`()
    throws
  {
    #expect(
      try matches(
        [part(71), part(70), part(69), part(30), part(29), part(0)], [square],
        ["match_low_quality": false])
        == [0, 0, Self.ignored, Self.ignored, Self.background, Self.background])
  }

  @Test func `under negative_iou_low a prior is neither`() throws {
    #expect(
      try matches(
        [part(31), part(29), part(10), part(9), part(0)], [square],
        ["match_low_quality": false, "negative_iou_low": 0.1])
        == [Self.ignored, Self.background, Self.background, Self.ignored, Self.ignored])
  }

  @Test func `the best priors of an object are positive, all of them in a tie`() throws {
    let priors = [part(20), Box(80, 0, 100, 100), part(19)]
    #expect(try matches(priors, [square]) == [0, 0, Self.background])
    #expect(
      try matches(priors, [square], ["match_low_quality": false])
        == [Self.background, Self.background, Self.background])
  }

  @Test func `without low_quality_ties the first of them alone is`() throws {
    let priors = [part(19), part(20), Box(80, 0, 100, 100)]
    let first: [String: ParameterValue] = ["low_quality_ties": false]
    #expect(try matches(priors, [square], first) == [Self.background, 0, Self.background])
    // Both objects have the same best priors: the last one keeps the first of them, the other has none.
    #expect(
      try matches(
        priors, [square, square], ["low_quality_ties": false, "low_quality_takes": true])
        == [Self.background, 1, Self.background])
    // Nothing overlaps the object: at 0 it takes the first prior.
    #expect(
      try matches(
        [Box(0, 0, 9, 9), Box(10, 0, 19, 9)], [Box(90, 90, 99, 99)],
        ["low_quality_ties": false, "low_quality_iou": 0]) == [0, Self.background])
  }

  @Test func `a best prior answers for the object that it overlaps most itself`() throws {
    // The prior is all that object 1 has, but object 0 is nearer to it: IoU 0.6 against 0.02.
    let objects = [Box(0, 0, 10, 6), Box(8, 8, 18, 18)]
    let prior = Box(0, 0, 10, 10)
    #expect(try matches([prior], objects) == [0])
    // With a prior nearer to object 0, the first is still made positive by object 1.
    #expect(try matches([prior, objects[0]], objects) == [0, 0])
    #expect(
      try matches([prior, objects[0]], objects, ["match_low_quality": false])
        == [Self.ignored, 0])
  }

  @Test func `an object that nothing overlaps claims every prior at 0, and none above`() throws {
    let objects = [Box(0, 0, 10, 10), Box(90, 90, 99, 99)]
    let priors = [Box(0, 0, 10, 9), Box(0, 0, 10, 1), Box(40, 40, 50, 50)]
    #expect(try matches(priors, objects) == [0, Self.background, Self.background])
    #expect(try matches(priors, objects, ["low_quality_iou": 0]) == [0, 0, 0])
  }

  @Test func `low_quality_iou is the least overlap of a best prior`() throws {
    #expect(try matches([part(20)], [square], ["low_quality_iou": 0.2]) == [0])
    #expect(try matches([part(19)], [square], ["low_quality_iou": 0.2]) == [Self.background])
  }

  @Test func `two objects at the same place: the first wins`() throws {
    #expect(try matches([square], [square, square]) == [0])
    #expect(try matches([square], [part(50), square, square]) == [1])
    #expect(try matches([part(0)], [square, square], ["low_quality_iou": 0]) == [0])
  }

  @Test func `clobbering makes background of a best prior under negative_iou alone`() throws {
    #expect(try matches([part(20)], [square], ["clobber_positives": true]) == [Self.background])
    #expect(try matches([part(30)], [square], ["clobber_positives": true]) == [0])
    // Under negative_iou_low step 2 doesn't hold, so nothing is clobbered.
    #expect(
      try matches(
        [part(5)], [square], ["clobber_positives": true, "negative_iou_low": 0.1]) == [0])
  }

  @Test func `priors past the border take no part, whatever they overlap`() throws {
    let priors = [
      Box(0, 0, 99, 99), Box(-1, 0, 50, 99), Box(0, -1, 50, 99), Box(50, 0, 100, 99),
      Box(50, 0, 99, 100),
    ]
    let out = Self.ignored
    #expect(
      try matches(priors, [square], ["allowed_border": 0, "negative_iou": 0.6])
        == [0, out, out, out, out])
    #expect(
      try matches(priors, [square], ["allowed_border": 1, "negative_iou": 0.6])
        == [0] + Array(repeating: Self.background, count: 4))
    // Outside, the best prior of an object is not its best: the next one is.
    #expect(
      try matches(
        [Box(-1, 0, 60, 60), Box(0, 0, 20, 99)], [square], ["allowed_border": 0]) == [out, 0])
  }

  @Test func `priors in an ignored region take no part, from ignore_overlap of their area`()
    throws
  {
    let region = Box(0, 0, 50, 100)
    let priors = [Box(0, 0, 10, 10), Box(45, 0, 55, 10), Box(46, 0, 56, 10), Box(60, 0, 70, 10)]
    let out = Self.ignored
    let far = [Box(90, 90, 99, 99)]
    #expect(
      try matches(priors, far, regions: [region]) == [out, out, Self.background, Self.background])
    #expect(
      try matches(priors, far, regions: [region], ["ignore_overlap": 0.3])
        == [out, out, out, Self.background])
    // The share is the prior's, not the region's: one that holds a small region stays.
    #expect(try matches([square], [square], regions: [Box(0, 0, 10, 10)]) == [0])
  }

  @Test func `a prior without area lies in no region that it doesn't touch`() throws {
    #expect(
      try matches([Box(70, 70, 70, 70)], [Box(0, 0, 9, 9)], regions: [Box(0, 0, 50, 50)])
        == [Self.background])
  }

  @Test func `without objects all is background but what the border and the regions take`() throws {
    let priors = [Box(0, 0, 10, 10), Box(-5, 0, 10, 10), Box(60, 60, 70, 70)]
    #expect(
      try matches(
        priors, [], regions: [Box(50, 50, 99, 99)],
        ["allowed_border": 0, "low_quality_iou": 0, "negative_iou_low": 0.1])
        == [Self.background, Self.ignored, Self.ignored])
  }

  @Test func `no priors, no matches`() throws {
    #expect(try matches([], [square]).isEmpty)
    #expect(try matches([], []).isEmpty)
  }

  @Test func `sides count pixels under legacy_plus_one`() throws {
    // 10 × 10 and 10 × 5 pixels: half. Measured, 9 × 9 and 9 × 4: 0.44.
    let values: [String: ParameterValue] = [
      "positive_iou": 0.5, "negative_iou": 0.5, "match_low_quality": false,
    ]
    let boxes = (prior: Box(0, 0, 9, 4), object: Box(0, 0, 9, 9))
    #expect(
      try matches(
        [boxes.prior], [boxes.object], values.merging(["legacy_plus_one": true]) { $1 }) == [0])
    #expect(try matches([boxes.prior], [boxes.object], values) == [Self.background])
  }
}
