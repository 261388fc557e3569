import LossKit
import Testing

/// The documented steps of the assigner, each on a scene small enough to work out by hand.
struct ATSSStepTests {
  static let background = Assignment.background
  static let ignored = Assignment.ignored

  /// Assigns priors of one level.
  func matches(
    _ priors: [Box], _ objects: [Box], regions: [Box] = [], candidates: Int = 9
  ) throws -> [Int32] {
    try ATSSAssigner(["candidates": .integer(candidates)]).matches(
      [(nil, priors)], objects, regions: regions)
  }

  /// A box that shares `percent` of its area with the box of `whole`, which holds it.
  func part(_ percent: Float) -> Box { Box(0, 0, percent, 100) }
  let whole = Box(0, 0, 100, 100)

  @Test func `a single candidate is positive, however little it overlaps`() throws {
    #expect(try matches([part(1)], [whole]) == [0])
    let near = square(50, 50, side: 2)
    #expect(try matches([near, part(98)], [whole], candidates: 1) == [0, Self.background])
    #expect(try matches([part(98), near], [whole], candidates: 1) == [Self.background, 0])
  }

  @Test func `the threshold is the mean plus the unbiased deviation, over all candidates`() throws {
    let none = Self.background
    // 0.5 + 0.5; with the deviation over n it is 0.91.
    #expect(try matches([part(100), part(50), Box(200, 0, 300, 100)], [whole]) == [0, none, none])
    // 2/3 + 0.38 is above 1; with the deviation over n it is 0.98.
    #expect(try matches([part(100), part(75), part(25)], [whole]) == [none, none, none])
    // 0.5 + 0.46.
    let far = Box(200, 0, 300, 100)
    #expect(
      try matches([part(100), part(75), part(25), far], [whole]) == [0, none, none, none])
    // Without the far one, which is no candidate of three.
    #expect(
      try matches([part(100), part(75), part(25), far], [whole], candidates: 3)
        == [none, none, none, none])
    // Nothing deviates.
    #expect(try matches([part(30), part(30)], [whole]) == [0, 0])
  }

  @Test func `each level has its own candidates, and all have one threshold`() throws {
    let far = Box(200, 0, 300, 100)
    let assigner = try ATSSAssigner(["candidates": 2])
    // 0.5 + 0.46 over four candidates of two levels.
    #expect(
      try assigner.matches([(8, [part(100), part(75)]), (16, [part(25), far])], [whole])
        == [0, -1, -1, -1])
    // The same priors on one level: two candidates, neither of which reaches mean and deviation.
    #expect(
      try assigner.matches([(8, [part(100), part(75), part(25), far])], [whole])
        == [-1, -1, -1, -1])
    #expect(
      try assigner.matches([(8, []), (16, [part(50)]), (32, [])], [whole]) == [0])
  }

  @Test func `of candidates equally near the first is taken`() throws {
    let sides = [square(46, 50, side: 20), square(54, 50, side: 20), square(50, 54, side: 20)]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
      #expect(
        try matches(order.map { sides[$0] }, [whole], candidates: 1)
          == [0, Self.background, Self.background])
    }
    let many = (0..<40).map { square($0 % 2 == 0 ? 40 : 60, 50, side: 20) }
    let found = try matches(many, [whole], candidates: 7)
    #expect(found[..<7].allSatisfy { $0 == 0 } && found[7...].allSatisfy { $0 == -1 })
  }

  @Test func `a centre must lie inside by more than 0.01`() throws {
    // Corners of the object are at 0, so that distances are exact.
    let (before, behind) = (Box(-100, -100, 0, 0), Box(0, 0, 100, 100))
    let shallow: Float = 0.02
    let deep: Float = 0.04
    for depth in [shallow, deep] {
      let expected = [depth == deep ? 0 : Self.background]
      #expect(try matches([Box(0, 40, depth, 60)], [behind]) == expected)
      #expect(try matches([Box(40, 0, 60, depth)], [behind]) == expected)
      #expect(try matches([Box(-depth, -60, 0, -40)], [before]) == expected)
      #expect(try matches([Box(-60, -depth, -40, 0)], [before]) == expected)
    }
    #expect(try matches([Box(-60, 40, 40, 60)], [behind]) == [Self.background])
  }

  @Test func `a prior that several want goes to the one it overlaps most`() throws {
    let prior = Box(0, 0, 10, 8)
    let (large, exact) = (Box(0, 0, 10, 10), Box(0, 0, 10, 8))
    #expect(try matches([prior], [large, exact]) == [1])
    #expect(try matches([prior], [exact, large]) == [0])
    #expect(try matches([prior], [exact, exact]) == [0])
    #expect(try matches([prior], [large, exact, exact]) == [1])
  }

  @Test func `priors in ignored regions are ignored, and no candidates`() throws {
    let (near, next) = (square(50, 50, side: 10), square(60, 50, side: 10))
    #expect(try matches([near, next], [whole], candidates: 1) == [0, Self.background])
    let region = Box(40, 40, 52, 60)
    #expect(
      try matches([near, next], [whole], regions: [region], candidates: 1) == [Self.ignored, 0])
    #expect(
      try ATSSAssigner(["candidates": 1, "ignore_overlap": 0.8]).matches(
        [(nil, [near, next])], [whole], regions: [region]) == [0, Self.background])
    #expect(try matches([near], [whole], regions: [whole]) == [Self.ignored])
  }

  @Test func `without objects all is background, without priors there is nothing`() throws {
    #expect(try matches([part(1), part(2)], []) == [Self.background, Self.background])
    #expect(
      try matches([part(1), part(90)], [], regions: [Box(0, 0, 1, 100)])
        == [Self.ignored, Self.background])
    #expect(try matches([], [whole]).isEmpty)
    #expect(try matches([], []).isEmpty)
  }

  @Test(arguments: [1, 3, 9, 1000])
  func `numbers that aren't finite trap nowhere, and match nothing`(candidates: Int) throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    let found = try matches(boxes, boxes, regions: boxes, candidates: candidates)
    #expect(found.count == boxes.count && found.allSatisfy { $0 < boxes.count && $0 >= -2 })
    // Among others they change nothing, wherever they stand.
    let unreal: [Box] = [
      Box(.nan, 0, 10, 10), Box(0, .nan, 10, 10), Box(0, 0, .infinity, 10),
      Box(-.infinity, 0, .infinity, 10), Box(.nan, .nan, .nan, .nan),
    ]
    let usual = [square(50, 50, side: 10), square(56, 50, side: 10), square(50, 61, side: 10)]
    let expected = try matches(usual, [whole], candidates: candidates)
    #expect(
      try matches(unreal + usual, [whole], candidates: candidates)
        == unreal.map { _ in Self.background } + expected)
    #expect(
      try matches(usual + unreal, [whole], candidates: candidates)
        == expected + unreal.map { _ in Self.background })
    #expect(
      try matches(usual, unreal, candidates: candidates) == usual.map { _ in Self.background })
  }

  @Test(
    arguments: [
      (["candidates": 0], "atss: \"candidates\" is 0; expected 1 … 1000"),
      (["candidates": 1001], "atss: \"candidates\" is 1001; expected 1 … 1000"),
      (["candidates": 2.5], "atss: \"candidates\" is 2.5; expected integer"),
      (["ignore_overlap": 0], "atss: \"ignore_overlap\" is 0; expected > 0"),
    ] as [([String: ParameterValue], String)])
  func `parameters out of range are named`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try ATSSAssigner(values) }
    #expect(error?.description == message)
  }
}
