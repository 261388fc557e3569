import LossKit
import Testing

/// Points as squares.
struct PointsTests {
  @Test func `a point lies in the middle of its cell unless said otherwise`() throws {
    let points = try Points(["strides": [4, 8]])
    #expect(points.priorsPerCell == [1, 1])
    #expect(points.sourceStage == nil)
    #expect(
      try points.priors(on: [[2, 3], [1, 2]]) == [
        Box(0, 0, 4, 4), Box(4, 0, 8, 4), Box(8, 0, 12, 4),
        Box(0, 4, 4, 8), Box(4, 4, 8, 8), Box(8, 4, 12, 8),
        Box(0, 0, 8, 8), Box(8, 0, 16, 8),
      ])
  }

  @Test func `offset says where, in strides`() throws {
    #expect(
      try Points(["strides": 8, "offset": 0]).priors(on: [[1, 2]])
        == [Box(-4, -4, 4, 4), Box(4, -4, 12, 4)])
    #expect(
      try Points(["strides": 8, "offset": 0.25]).priors(on: [[2, 1]])
        == [Box(-2, -2, 6, 6), Box(-2, 6, 6, 14)])
    #expect(try Points(["strides": 8, "offset": 1]).priors(on: [[1, 1]]) == [Box(4, 4, 12, 12)])
  }

  @Test func `strides may be fractions, and the defaults are FCOS's five levels`() throws {
    #expect(try Points(["strides": 2.5]).priors(on: [[1, 2]])[1] == Box(2.5, 0, 5, 2.5))
    #expect(try Points().priorsPerCell == [1, 1, 1, 1, 1])
  }

  @Test func `levels tell their priors and strides`() throws {
    func levels(_ generator: any PriorGenerator) throws -> [Priors.Level] {
      try generator.priors(
        for: PriorRequest(
          imageSize: ImageSize(height: 1, width: 1),
          featureMaps: [
            FeatureMap(height: 2, width: 3), FeatureMap(height: 0, width: 2),
            FeatureMap(height: 1, width: 1),
          ], groundTruth: GroundTruth(boxes: [], labels: []))
      ).levels
    }
    func expected(perCell: Int) -> [Priors.Level] {
      [
        Priors.Level(count: 6 * perCell, stride: 4), Priors.Level(count: 0, stride: 8),
        Priors.Level(count: perCell, stride: 16),
      ]
    }
    #expect(try levels(try Points(["strides": [4, 8, 16]])) == expected(perCell: 1))
    #expect(try levels(try AnchorGrid(["strides": [4, 8, 16]])) == expected(perCell: 9))
    #expect(
      try levels(
        try CenteredAnchorGrid([
          "sizes": [[8], [16], [32]], "ratios": [1, 2], "strides": [4, 8, 16],
        ])) == expected(perCell: 2))
  }
}
