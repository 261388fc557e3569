import LossKit
import Testing

/// SSD's default boxes, and anchors of given sides.
struct DefaultBoxesTests {
  private func priors(
    _ generator: any PriorGenerator, height: Int, width: Int, _ maps: [FeatureMap]
  ) throws -> Priors {
    try generator.priors(
      for: PriorRequest(
        imageSize: ImageSize(height: height, width: width), featureMaps: maps,
        groundTruth: GroundTruth(boxes: [], labels: [])))
  }

  @Test func `a cell has two squares, and two boxes for each ratio`() throws {
    let generator = try DefaultBoxes([
      "sizes": [4, 9, 16], "ratios": [[4], [4, 9]], "strides": [8, 16],
    ])
    #expect(generator.priorsPerCell == [4, 6])
    #expect(
      try generator.priors(on: [[1, 2], [1, 1]]) == [
        Box(2, 2, 6, 6), Box(1, 1, 7, 7), Box(0, 3, 8, 5), Box(3, 0, 5, 8),
        Box(10, 2, 14, 6), Box(9, 1, 15, 7), Box(8, 3, 16, 5), Box(11, 0, 13, 8),
        Box(3.5, 3.5, 12.5, 12.5), Box(2, 2, 14, 14),
        Box(-1, 5.75, 17, 10.25), Box(5.75, -1, 10.25, 17),
        Box(-5.5, 6.5, 21.5, 9.5), Box(6.5, -5.5, 9.5, 21.5),
      ])
  }

  @Test func `sizes may be shares of the image, and held at its sides`() throws {
    let map = [FeatureMap(height: 1, width: 1)]
    let shares: [String: ParameterValue] = [
      "sizes": [0.25, 1], "ratios": [[4]], "strides": 8, "relative": true,
    ]
    #expect(
      try priors(DefaultBoxes(shares), height: 16, width: 32, map).boxes == [
        Box(0, 2, 8, 6), Box(-4, 0, 12, 8), Box(-4, 3, 12, 5), Box(2, 0, 6, 8),
      ])
    let large: [String: ParameterValue] = [
      "sizes": [20, 80], "ratios": [[4]], "strides": 8, "clip": true,
    ]
    #expect(
      try priors(DefaultBoxes(large), height: 16, width: 32, map).boxes == [
        Box(-6, -4, 14, 12), Box(-12, -4, 20, 12), Box(-12, -1, 20, 9), Box(-1, -4, 9, 12),
      ])
  }

  @Test func `the defaults are those of SSD300`() throws {
    #expect(try DefaultBoxes().priorsPerCell == [4, 6, 6, 6, 4, 4])
    let maps = [38, 19, 10, 5, 3, 1].map { FeatureMap(height: $0, width: $0) }
    let made = try priors(DefaultBoxes(), height: 300, width: 300, maps)
    #expect(made.count == 8732)
    #expect(made.levels.map(\.stride) == [8, 16, 32, 64, 100, 300])
  }

  @Test func `anchors have the sides that are given`() throws {
    let generator = try SizedAnchors([
      "widths": [[4, 6], [10]], "heights": [[2, 8], [20]], "strides": [8, 16],
    ])
    #expect(generator.priorsPerCell == [2, 1])
    #expect(
      try generator.priors(on: [[2, 1], [1, 1]]) == [
        Box(2, 3, 6, 5), Box(1, 0, 7, 8), Box(2, 11, 6, 13), Box(1, 8, 7, 16), Box(3, -2, 13, 18),
      ])
    #expect(try SizedAnchors().priorsPerCell == [3, 3, 3])
  }

  @Test func `a query is the whole image`() throws {
    let queries = try priors(Queries(["count": 3]), height: 20, width: 30, [])
    #expect(queries.boxes == Array(repeating: Box(0, 0, 30, 20), count: 3))
    #expect(try Queries().priorsPerCell == nil)
    #expect(try priors(Queries(), height: 1, width: 1, []).count == 100)
  }

  @Test(
    arguments: [
      (
        DefaultBoxes.self, ["sizes": [1, 2]],
        "default_boxes: \"sizes\" has 2 numbers for 6 strides; expected one more than strides"
      ),
      (
        DefaultBoxes.self, ["ratios": [[2]]],
        "default_boxes: \"ratios\" has 1 levels for 6 strides; expected a list for each stride"
      ),
      (
        SizedAnchors.self, ["widths": [[1]]],
        "sized_anchors: \"widths\" has 1 levels for 3 strides; expected a list for each stride"
      ),
      (
        SizedAnchors.self, ["heights": [[1], [2], [3]]],
        "sized_anchors: \"heights\" has levels of [1, 1, 1] numbers for widths of [3, 3, 3]; expected "
          + "one for each width"
      ),
      (Queries.self, ["count": 0], "queries: \"count\" is 0; expected 1 … 10000"),
    ] as [(any PriorGenerator.Type, [String: ParameterValue], String)])
  func `what is wrong is told`(
    type: any PriorGenerator.Type, values: [String: ParameterValue], message: String
  ) {
    let error = #expect(throws: ParameterErrors.self) { try type.init(values) }
    #expect(error?.description == message)
  }
}
