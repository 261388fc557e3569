import LossKit
import Testing

/// The documented steps of the assigner, each on a scene small enough to work out by hand.
struct TaskAlignedStepTests {
  static let background = Assignment.background
  let whole = Box(0, 0, 100, 100)
  /// A point in the middle of `whole`.
  let inside = square(50, 50, side: 8)
  let outside = square(150, 50, side: 8)

  /// A box that shares `percent` of its area with `whole`, which holds it.
  func part(_ percent: Float) -> Box { Box(0, 0, percent, 100) }

  func assign(
    _ priors: [Box], _ boxes: [Box], _ scores: [Float], _ objects: [Box], labels: [Int] = [],
    regions: [Box] = [], _ values: [String: ParameterValue] = [:]
  ) throws -> Assignment {
    try PredictedScene(
      levels: [(nil, priors)], objects: objects, labels: labels, regions: regions, boxes: boxes,
      scores: scores
    ).assign(TaskAlignedAssigner(values))
  }

  @Test func `candidates are the best by score and overlap`() throws {
    let priors = [inside, inside, inside]
    // 0.5 · 0.5, 1 · 0.25, 0.125 · 1.
    let (boxes, scores): ([Box], [Float]) = ([part(50), part(25), whole], [0.5, 1, 0.125])
    func matches(_ count: Int, alpha: Double = 1, beta: Double = 1) throws -> [Int32] {
      try assign(
        priors, boxes, scores, [whole],
        ["top_k": .integer(count), "alpha": .number(alpha), "beta": .number(beta)]
      ).matches
    }
    #expect(try matches(3) == [0, 0, 0])
    // The first two are both 0.25.
    #expect(try matches(1) == [0, -1, -1])
    #expect(try matches(2) == [0, 0, -1])
    // The overlap decides: 0.008, 0.0002, 0.125.
    #expect(try matches(1, beta: 6) == [-1, -1, 0])
    #expect(try matches(2, beta: 6) == [0, -1, 0])
    // Scores don't count.
    #expect(try matches(1, alpha: 0) == [-1, -1, 0])
    // Scores decide.
    #expect(try matches(1, alpha: 6) == [-1, 0, -1])
  }

  @Test func `what overlaps nothing or has no score is no candidate`() throws {
    let far = Box(200, 0, 300, 100)
    #expect(
      try assign([inside, inside, inside], [far, part(50), part(50)], [1, 0, 0.1], [whole]).matches
        == [-1, -1, 0])
    // A box that is inverted overlaps nothing.
    #expect(try assign([inside], [Box(100, 0, 0, 100)], [1], [whole]).matches == [-1])
    // A class that has no column has no score.
    #expect(try assign([inside], [whole], [1, 1], [whole], labels: [3]).matches == [-1])
    #expect(try assign([inside], [whole], [0, 1], [whole], labels: [2]).matches == [0])
    #expect(try assign([inside], [whole], [0, 1], [whole], labels: [1]).matches == [-1])
  }

  @Test func `a centre must lie inside, which candidates are asked for late or first`() throws {
    let (priors, boxes) = ([outside, inside], [whole, part(50)])
    #expect(try assign(priors, boxes, [1, 1], [whole], ["top_k": 1]).matches == [-1, -1])
    #expect(try assign(priors, boxes, [1, 1], [whole], ["top_k": 2]).matches == [-1, 0])
    #expect(
      try assign(priors, boxes, [1, 1], [whole], ["top_k": 1, "inside_first": true]).matches
        == [-1, 0])
    for (depth, match) in [(0, -1), (0.5, -1), (1, 0)] as [(Float, Int32)] {
      for prior in [square(depth, 50, side: 8), square(50, 100 - depth, side: 8)] {
        #expect(try assign([prior], [whole], [1], [whole], ["margin": 0.5]).matches == [match])
      }
    }
  }

  @Test func `a prior that several want goes to the one it overlaps most`() throws {
    let (small, large) = (Box(0, 0, 60, 100), Box(0, 0, 100, 100))
    let prior = [square(30, 50, side: 8)]
    #expect(try assign(prior, [part(60)], [1], [large, small]).matches == [1])
    #expect(try assign(prior, [part(60)], [1], [small, large]).matches == [0])
    #expect(try assign(prior, [part(60)], [1], [large, large]).matches == [0])
    // Even if the other one classifies it.
    #expect(
      try assign(prior, [part(60)], [1, 0.1], [large, small], labels: [1, 2]).matches == [1])
    #expect(try assign(prior, [part(60)], [1, 0], [large, small], labels: [1, 2]).matches == [0])
  }

  @Test func `of all around its centre it may go to one that didn't want it`() throws {
    let objects = [Box(0, 0, 100, 100), Box(0, 0, 100, 80), Box(0, 0, 100, 60)]
    let priors = [square(50, 30, side: 8), square(50, 31, side: 8)]
    let boxes = [Box(0, 0, 100, 65), Box(0, 0, 100, 60)]
    // The third object's only candidate is the second prior.
    let scores: [Float] = [1, 0.1, 0.3, 1]
    func match(_ values: [String: ParameterValue]) throws -> [Int32] {
      try assign(priors, boxes, scores, objects, labels: [1, 1, 2], values).matches
    }
    #expect(try match(["top_k": 1]) == [1, 2])
    #expect(try match(["top_k": 1, "contest_all": true]) == [2, 2])
  }

  @Test func `the best match of an object has its largest overlap for a quality`() throws {
    let found = try assign(
      [inside, inside, outside], [part(50), whole, whole], [1, 0.25, 1], [whole],
      ["beta": 1, "eps": 1e-9])
    // Metrics 0.5 and 0.25, overlaps 0.5 and 1.
    #expect(found.matches == [0, 0, -1])
    #expect(found.quality == [1, 0.5, 0])
    #expect(
      try assign([inside], [whole], [0.5], [whole], ["eps": 0.5, "beta": 1]).quality == [0.5])
  }

  @Test func `priors in ignored regions are ignored, and no candidates`() throws {
    let region = Box(46, 46, 51, 54)
    let found = try assign(
      [inside, square(60, 50, side: 8)], [whole, part(50)], [1, 1], [whole], regions: [region],
      ["top_k": 1, "beta": 1, "eps": 1e-9])
    #expect(found.matches == [Assignment.ignored, 0])
    #expect(found.quality == [0, 0.5])
  }

  @Test func `without objects all is background, without priors there is nothing`() throws {
    let found = try assign([inside, outside], [], [], [], regions: [outside])
    #expect(found.matches == [-1, Assignment.ignored] && found.quality == [0, 0])
    #expect(try assign([], [], [], [whole]).matches == [])
    #expect(try assign([], [], [], []).matches == [])
  }

  @Test func `equal scores, and more objects than priors, are decided by the order`() throws {
    let priors = (0..<40).map { _ in inside }
    let found = try assign(
      priors, priors.map { _ in whole }, priors.map { _ in 0.5 }, [whole], ["top_k": 5])
    #expect(found.matches.filter { $0 == 0 }.count == 5 && found.matches[..<5] == [0, 0, 0, 0, 0])
    let objects = (0..<10_000).map { _ in whole }
    let many = try assign([inside, inside], [whole, part(50)], [0.5, 0.5], objects, ["top_k": 1])
    #expect(many.matches == [0, -1])
  }

  @Test func `numbers that aren't finite are named, in predictions, and match nothing elsewhere`()
    throws
  {
    func complaint(_ boxes: [Box], _ scores: [Float]) -> String? {
      do {
        _ = try assign([inside, inside], boxes, scores, [whole, whole], labels: [1, 2])
        return nil
      } catch {
        return "\(error)"
      }
    }
    #expect(
      complaint([whole, Box(0, 0, .infinity, 1)], [1, 1, 1, 1])
        == "task_aligned: the predicted box of prior 1 is [0.0, 0.0, inf, 1.0], so that it can't be held "
        + "against ground truth 0; expected finite numbers")
    for (score, text) in [(Float.nan, "nan"), (1.5, "1.5"), (-0.5, "-0.5")] {
      #expect(
        complaint([whole, whole], [1, 1, 1, score])
          == "task_aligned: the score of prior 1 for class 2 is \(text), so that it can't be matched with "
          + "ground truth 1; expected a probability from 0 to 1")
    }
    #expect(
      complaint([whole], [1, 1])
        == "task_aligned: reads predicted boxes, of which there are 1 for 2 priors")
    #expect(
      complaint([whole, whole], [])
        == "task_aligned: reads scores, of which there are 0 for 2 priors; expected one a class")
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    for values in [[:], ["overlap": "ciou", "contest_all": true]] as [[String: ParameterValue]] {
      let found = try assign(
        boxes, boxes.map { _ in whole }, boxes.map { _ in 1 }, boxes, regions: boxes, values)
      #expect(found.matches.count == boxes.count && found.quality.allSatisfy(\.isFinite))
    }
  }
}
