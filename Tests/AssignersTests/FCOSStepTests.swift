import LossKit
import Testing

/// The documented steps of the assigner, each on a scene small enough to work out by hand.
struct FCOSStepTests {
  static let background = Assignment.background
  static let ignored = Assignment.ignored

  /// Assigns points of one level of stride 8, given by their centres.
  func matches(
    _ points: [(Float, Float)], _ objects: [Box], regions: [Box] = [],
    _ values: [String: ParameterValue] = [:]
  ) throws -> [Int32] {
    try FCOSAssigner(values).matches(
      [(8, points.map { square($0, $1, side: 8) })], objects, regions: regions)
  }

  @Test func `a centre on a side is outside`() throws {
    let object = Box(10, 20, 50, 60)
    #expect(
      try matches([(10, 40), (50, 40), (30, 20), (30, 60), (10, 20)], [object])
        == Array(repeating: Self.background, count: 5))
    #expect(
      try matches([(10.25, 40), (49.75, 40), (30, 20.25), (30, 59.75), (10.25, 59.75)], [object])
        == [0, 0, 0, 0, 0])
    #expect(
      try matches([(9, 40), (51, 40), (30, 19), (30, 61)], [object])
        == Array(repeating: Self.background, count: 4))
  }

  @Test func `center_radius counts strides along each axis, and its end is outside`() throws {
    let object = Box(0, 0, 100, 100)
    // 1.5 strides are 12 pixels from (50, 50).
    let points: [(Float, Float)] = [
      (50, 50), (61.75, 50), (62, 50), (38, 50), (50, 38.25), (50, 62), (61, 39), (20, 50),
    ]
    let out = Self.background
    #expect(try matches(points, [object]) == Array(repeating: 0, count: 8))
    #expect(
      try matches(points, [object], ["center_radius": 1.5]) == [0, 0, out, out, 0, out, 0, out])
  }

  @Test func `within center_radius a centre must lie in the box all the same`() throws {
    let object = Box(46, 46, 54, 54)
    #expect(
      try matches([(50, 50), (53, 53), (55, 50)], [object], ["center_radius": 1.5])
        == [0, 0, Self.background])
  }

  /// For a square object of which the largest distance from a point at its centre is `half`: which levels
  /// of strides 8, 16 and 32 match it.
  func levels(_ half: Float, _ values: [String: ParameterValue]) throws -> [Bool] {
    let priors = [8, 16, 32].map { stride in
      (stride: Double?(stride), boxes: [square(500, 500, side: Float(stride))])
    }
    return try FCOSAssigner(values).matches(priors, [square(500, 500, side: 2 * half)])
      .map { $0 == 0 }
  }

  @Test func `a level is for distances up to 8 strides, from where the level before ends`() throws {
    let first = [true, false, false]
    let second = [false, true, false]
    let third = [false, false, true]
    for ends in [true, false] {
      let values: [String: ParameterValue] = ["include_ends": .boolean(ends)]
      #expect(try levels(0.5, values) == first, "from 0")
      #expect(try levels(63, values) == first)
      #expect(try levels(65, values) == second)
      #expect(try levels(127, values) == second)
      #expect(try levels(129, values) == third)
      #expect(try levels(5000, values) == third, "without end")
    }
    #expect(try levels(64, ["include_ends": true]) == [true, true, false])
    #expect(try levels(128, ["include_ends": true]) == [false, true, true])
    #expect(try levels(64, ["include_ends": false]) == [false, false, false])
    #expect(try levels(128, ["include_ends": false]) == [false, false, false])
    #expect(try levels(256, ["include_ends": false]) == third, "the last level's own end isn't one")
  }

  @Test func `range is how many strides that are`() throws {
    #expect(try levels(31, ["range": 4]) == [true, false, false])
    #expect(try levels(33, ["range": 4]) == [false, true, false])
    #expect(try levels(65, ["range": 4]) == [false, false, true])
  }

  @Test func `it is the largest of the four distances that counts`() throws {
    let priors: [(stride: Double?, boxes: [Box])] = [
      (8, [square(30, 30, side: 8)]), (16, [square(30, 30, side: 16)]),
    ]
    for object in [
      Box(-40, 20, 40, 40), Box(20, 20, 100, 40), Box(20, -40, 40, 40), Box(20, 20, 40, 100),
    ] {
      #expect(try FCOSAssigner().matches(priors, [object]) == [Self.background, 0])
    }
  }

  @Test func `of several the one of least area is matched, if it suits`() throws {
    let large = Box(0, 0, 60, 60)
    let middle = Box(5, 5, 45, 45)
    let small = Box(10, 10, 30, 30)
    let points: [(Float, Float)] = [(20, 20), (40, 40), (50, 50), (70, 70)]
    #expect(try matches(points, [large, middle, small]) == [2, 1, 0, Self.background])
    #expect(try matches(points, [small, large, middle]) == [0, 2, 1, Self.background])
    // The smallest has no other level's distances: with the level for far sides, it is passed over.
    let levels: [(stride: Double?, boxes: [Box])] = [
      (2, [square(20, 20, side: 2)]), (4, [square(20, 20, side: 4)]),
    ]
    #expect(try FCOSAssigner().matches(levels, [large, small]) == [1, 0])
  }

  @Test func `of equal areas the first is matched`() throws {
    let wide = Box(0, 0, 20, 10)
    let high = Box(0, 0, 10, 20)
    #expect(try matches([(5, 5), (15, 5), (5, 15)], [wide, high]) == [0, 0, 1])
    #expect(try matches([(5, 5), (15, 5), (5, 15)], [high, wide]) == [0, 1, 0])
  }

  @Test func `rounded areas tie within 8 square pixels`() throws {
    // 1e8 - 96 and 1e8 - 98 round to one single; 1e8 - 104 to the next.
    let boxes = [Box(0, 0, 14, 7), Box(0, 0, 12, 8), Box(0, 0, 13, 8)]
    #expect(try matches([(5, 5)], boxes) == [1])
    #expect(try matches([(5, 5)], boxes, ["round_areas": true]) == [0])
    let further = Array(boxes.reversed())
    #expect(try matches([(5, 5)], further) == [1])
    #expect(try matches([(5, 5)], further, ["round_areas": true]) == [1])
  }

  @Test func `priors in an ignored region are ignored, from ignore_overlap of their area`() throws {
    let object = Box(0, 0, 100, 100)
    let region = Box(0, 0, 50, 100)
    let points: [(Float, Float)] = [(10, 10), (50, 10), (51, 10), (60, 10), (150, 10)]
    let out = Self.ignored
    #expect(
      try matches(points, [object], regions: [region]) == [out, out, 0, 0, Self.background])
    #expect(
      try matches(points, [object], regions: [region], ["ignore_overlap": 0.25])
        == [out, out, out, 0, Self.background])
    #expect(
      try matches(points, [], regions: [region])
        == [out, out] + Array(repeating: Self.background, count: 3))
  }

  @Test func `without objects all is background, without priors there is nothing`() throws {
    #expect(try matches([(4, 4), (12, 4)], []) == [Self.background, Self.background])
    #expect(try matches([], [Box(0, 0, 9, 9)]).isEmpty)
    #expect(try FCOSAssigner().matches([], []).isEmpty)
    #expect(
      try FCOSAssigner().matches([(8, []), (16, [square(8, 8, side: 16)])], [Box(0, 0, 200, 200)])
        == [0], "an empty level is a level")
  }

  @Test func `priors on no feature map are refused`() throws {
    let assigner = try FCOSAssigner()
    #expect(assigner.reads == [.strides])
    for levels in [
      [(nil, [Box(0, 0, 8, 8)])], [(8, [Box(0, 0, 8, 8)]), (nil, [])],
    ] as [[(stride: Double?, boxes: [Box])]] {
      let error = #expect(throws: InputError.self) {
        try assigner.matches(levels, [Box(0, 0, 9, 9)])
      }
      #expect(
        error?.description
          == "priors: lie on no feature map; fcos reads the strides of their levels")
    }
  }

  @Test func `numbers that aren't finite, and areas beyond all measure, trap nowhere`() throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    for values in [
      [:], ["round_areas": true, "center_radius": 1.5, "include_ends": false],
    ] as [[String: ParameterValue]] {
      let assigner = try FCOSAssigner(values)
      for levels in [[(8, boxes)], [(8, boxes), (16, boxes)]] as [[(stride: Double?, [Box])]] {
        let found = try assigner.matches(
          levels.map { (stride: $0.stride, boxes: $0.1) }, boxes, regions: boxes)
        #expect(found.count == levels.count * boxes.count)
        #expect(found.allSatisfy { $0 < boxes.count && $0 >= -2 })
      }
    }
    // The one of infinite area comes last.
    #expect(
      try matches([(5, 5)], [Box(-1e30, -1e30, 1e30, 1e30), Box(0, 0, 9, 9)]) == [1])
    #expect(try matches([(.nan, 5), (5, .nan)], [Box(0, 0, 9, 9)]) == [-1, -1])
  }

  @Test(
    arguments: [
      (["center_radius": 0], "fcos: \"center_radius\" is 0; expected > 0"),
      (["range": 0], "fcos: \"range\" is 0; expected > 0"),
      (["include_ends": 1], "fcos: \"include_ends\" is 1; expected true or false"),
      (["ignore_overlap": 0], "fcos: \"ignore_overlap\" is 0; expected > 0"),
    ] as [([String: ParameterValue], String)])
  func `parameters out of range are named`(values: [String: ParameterValue], message: String) {
    let error = #expect(throws: ParameterErrors.self) { try FCOSAssigner(values) }
    #expect(error?.description == message)
  }
}
