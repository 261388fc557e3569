import LossKit
import TestSupport
import Testing

/// The documented steps of `grid`, on scenes worked out by hand, and the rule as it is written down.
struct GridTests {
  typealias Level = (stride: Double?, boxes: [Box])
  let whole = Box(0, 0, 100, 100)
  /// A box around the centre of `whole` that shares `percent` of its area with it.
  func part(_ percent: Float) -> Box { Box(0, 50 - percent / 2, 100, 50 + percent / 2) }

  func matches(
    _ priors: [Box], _ objects: [Box], regions: [Box] = [], _ values: [String: ParameterValue] = [:]
  ) throws -> [Int32] {
    try GridAssigner(values).matches([(8, priors)], objects, regions: regions)
  }

  @Test func `positives lie in the cell of a centre`() throws {
    // The cell is that from 48 to 56.
    #expect(
      try matches([part(60), Box(-3, 0, 97, 100), Box(-1, 0, 99, 100)], [whole]) == [0, -2, 0])
    #expect(try matches([part(60), Box(-50, 0, 50, 100)], [whole]) == [0, -1])
    // The centre of any object makes a cell responsible, and another one may take the priors there.
    let small = square(45, 50, side: 4)
    #expect(try matches([part(60), Box(-5, 0, 95, 100)], [whole]) == [0, -2])
    #expect(try matches([part(60), Box(-5, 0, 95, 100)], [whole, small]) == [1, 0])
  }

  @Test func `above a threshold, or the best of an object`() throws {
    let low: [String: ParameterValue] = ["positive_iou": 0.6, "negative_iou": 0.3]
    // The best of the object is the last; 0.6 isn't above 0.6.
    #expect(try matches([part(61), part(60), part(30), part(62)], [whole], low) == [0, -2, -1, 0])
    #expect(try matches([part(20), part(10)], [whole], low) == [0, -1])
    #expect(try matches([part(20), part(20)], [whole], low) == [0, 0])
    #expect(
      try matches(
        [part(20), part(10)], [whole], low.merging(["low_quality_iou": 0.2]) { $1 }) == [-1, -1])
    #expect(
      try matches(
        [part(25), part(10)], [whole], low.merging(["low_quality_iou": 0.2]) { $1 }) == [0, -1])
  }

  @Test func `the last of those that a prior is best for takes it`() throws {
    #expect(try matches([part(80)], [part(80), whole]) == [1])
    #expect(try matches([part(80)], [whole, part(80)]) == [1])
    #expect(try matches([part(80), part(100)], [whole, part(80)]) == [1, 0])
  }

  @Test func `ignored regions, nothing to match, many objects and priors without strides`() throws {
    #expect(try matches([part(80), part(60)], [whole], regions: [part(80)]) == [-2, -2])
    #expect(try matches([part(80), part(60)], [], regions: [part(20)]) == [-1, -1])
    #expect(try matches([part(20)], [], regions: [part(20)]) == [-2])
    #expect(try matches([], [whole]) == [])
    #expect(try matches([part(80)], (0..<10_000).map { _ in whole }) == [9_999])
    let error = #expect(throws: InputError.self) {
      try GridAssigner().matches([(nil, [whole])], [whole])
    }
    #expect(
      error?.description == "priors: lie on no feature map; grid reads the strides of their levels")
  }

  @Test func `numbers that aren't finite trap nowhere`() throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    let found = try matches(boxes, boxes, regions: boxes)
    #expect(found.count == boxes.count && found.allSatisfy { $0 < boxes.count && $0 >= -2 })
  }

  @Test(arguments: 0..<100)
  func `assignments are those of the rule`(seed: UInt64) throws {
    var scene = PredictedScene((Int(seed % 40) + 1, 12), seed: seed)
    // Of any size, around the same cells.
    scene.levels[0].boxes += scene.boxes
    let (positive, negative): (Float, Float) = seed % 2 == 0 ? (0.5, 0.5) : (0.4, 0.1)
    let least: Float = seed % 3 == 0 ? 0.1 : 0
    func cell(_ box: Box, _ stride: Double) -> [Double] {
      [(box.center.x / stride).rounded(.down), (box.center.y / stride).rounded(.down)]
    }
    var expected: [Int32] = []
    var isResponsible: [Bool] = []
    for level in scene.levels {
      for prior in level.boxes {
        let overlap = scene.objects.map { prior.iou($0) }.max() ?? 0
        let isIgnored = prior.isIgnored(in: scene.regions)
        expected.append(isIgnored || overlap > negative ? -2 : -1)
        let stride = level.stride ?? 1
        isResponsible.append(
          !isIgnored && scene.objects.contains { cell($0, stride) == cell(prior, stride) })
      }
    }
    let priors = scene.priors.enumerated().filter { isResponsible[$0.offset] }
    for (index, prior) in priors {
      let overlaps = scene.objects.map { prior.iou($0) }
      if let most = overlaps.max(), most > positive {
        expected[index] = Int32(overlaps.firstIndex(of: most) ?? 0)
      }
    }
    for (object, box) in scene.objects.enumerated() {
      let most = priors.map { $0.element.iou(box) }.max() ?? 0
      for (index, prior) in priors where most > least && prior.iou(box) == most {
        expected[index] = Int32(object)
      }
    }
    let assigner = try GridAssigner([
      "positive_iou": .number(Double(positive)), "negative_iou": .number(Double(negative)),
      "low_quality_iou": .number(Double(least)),
    ])
    for workers in 1...3 {
      #expect(
        try assigner.matches(
          scene.levels, scene.objects, regions: scene.regions, workers: Workers(workers))
          == expected)
    }
  }
}
