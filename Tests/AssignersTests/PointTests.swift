import LossKit
import TestSupport
import Testing

/// The documented steps of `point`, on scenes worked out by hand, and the rule as it is written down.
struct PointTests {
  typealias Level = (stride: Double?, boxes: [Box])

  /// A level of points in a row, a stride apart.
  func level(_ stride: Float, _ count: Int = 8) -> Level {
    (Double(stride), (0..<count).map { square(Float($0) * stride, 0, side: stride) })
  }

  @Test func `a ground truth is for the level of its size`() throws {
    let levels = [level(8, 2), level(16, 2), level(32, 2)]
    for (width, height, place) in [
      (10, 10, 0), (32, 32, 0), (63, 63, 0), (64, 64, 2), (16, 256, 2), (127, 127, 2),
      (128, 128, 4), (1000, 1000, 4),
    ] as [(Float, Float, Int)] {
      let object = Box(-width / 2, -height / 2, width / 2, height / 2)
      let found = try PointAssigner().matches(levels, [object])
      #expect(found == (0..<6).map { $0 == place ? 0 : -1 }, "\(width) × \(height)")
    }
    let object = Box(-32, -32, 32, 32)
    #expect(try PointAssigner(["scale": 8]).matches(levels, [object]) == [0, -1, -1, -1, -1, -1])
    // No level has a stride from 16 to below 32.
    #expect(try PointAssigner().matches([level(8, 1), level(32, 1)], [object]) == [-1, -1])
    // Both levels have one from 16 on.
    #expect(
      try PointAssigner(["candidates": 2]).matches([level(16, 2), level(20, 2)], [object])
        == [0, -1, 0, -1])
  }

  @Test func `the nearest are taken, in sides of the box, and the nearer object keeps one`() throws
  {
    let cross: Level = (8, [square(4, 0, side: 8), square(0, 3, side: 8), square(4, 0, side: 8)])
    // 4 / 40 is nearer than 3 / 20.
    let wide = Box(-20, -10, 20, 10)
    #expect(try PointAssigner().matches([cross], [wide]) == [0, -1, -1])
    #expect(try PointAssigner(["candidates": 2]).matches([cross], [wide]) == [0, -1, 0])
    #expect(try PointAssigner().matches([cross], [Box(-10, -10, 10, 10)]) == [-1, 0, -1])
    let (near, far) = (square(1, 0, side: 10), square(2, 0, side: 10))
    let one: Level = (8, [square(0, 0, side: 8)])
    #expect(try PointAssigner().matches([one], [far, near]) == [1])
    #expect(try PointAssigner().matches([one], [near, far]) == [0])
    #expect(try PointAssigner().matches([one], [near, near]) == [0])
  }

  @Test func `ignored regions, nothing to match, many objects and priors without strides`() throws {
    let object = square(1, 0, side: 20)
    let region = square(0, 0, side: 8)
    #expect(
      try PointAssigner().matches([level(8, 3)], [object], regions: [region]) == [-2, 0, -1])
    #expect(try PointAssigner().matches([level(8, 2)], [], regions: [region]) == [-2, -1])
    #expect(try PointAssigner().matches([(8, [])], [object]) == [])
    let many = try PointAssigner().matches([level(8, 2)], (0..<10_000).map { _ in object })
    #expect(many == [0, -1])
    let error = #expect(throws: InputError.self) {
      try PointAssigner().matches([(nil, [object])], [object])
    }
    #expect(
      error?.description == "priors: lie on no feature map; point reads the strides of their levels"
    )
  }

  @Test func `numbers that aren't finite trap nowhere`() throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    let found = try PointAssigner().matches([(8, boxes), (16, boxes)], boxes, regions: boxes)
    #expect(found.count == 2 * boxes.count && found.allSatisfy { $0 < boxes.count && $0 >= -2 })
  }

  @Test(arguments: 0..<100)
  func `assignments are those of the rule`(seed: UInt64) throws {
    let scene = PredictedScene((Int(seed % 40) + 1, 12), seed: seed)
    let count = [1, 3, 9][Int(seed % 3)]
    let isIgnored = scene.priors.map { $0.isIgnored(in: scene.regions) }
    var best = scene.priors.map { _ in (distance: Double.infinity, object: -1) }
    for (object, box) in scene.objects.enumerated() {
      let (width, height) = (Double(box.width()), Double(box.height()))
      let octave = (Double.log((width * height).squareRoot() / 2) / Double.log(2) + 1e-9)
      let stride: Float = octave < 3 ? 4 : 8
      let near = scene.priors.indices.filter {
        scene.priors[$0].width() == stride && !isIgnored[$0]
      }
      .map { prior in
        let (x, y) = scene.priors[prior].center
        let (dx, dy) = ((x - box.center.x) / width, (y - box.center.y) / height)
        return (distance: (1e6 * (dx * dx + dy * dy)).rounded(), prior: prior)
      }.sorted { ($0.distance, $0.prior) < ($1.distance, $1.prior) }.prefix(count)
      for (distance, prior) in near where distance < best[prior].distance {
        best[prior] = (distance, object)
      }
    }
    let expected = zip(best, isIgnored).map { $1 ? -2 : Int32($0.object) }
    let assigner = try PointAssigner(["candidates": .integer(count), "scale": 2])
    for workers in 1...3 {
      #expect(try scene.assign(assigner, workers: Workers(workers)).matches == expected)
    }
  }
}
