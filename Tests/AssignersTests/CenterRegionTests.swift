import LossKit
import TestSupport
import Testing

/// The documented steps of `center_region`, on scenes worked out by hand, and the rule as it is written down.
struct CenterRegionTests {
  /// Points in a row, 2 apart, from 1 on.
  private let row: [(stride: Double?, boxes: [Box])] = [
    (2, (0..<8).map { square(1 + 2 * Float($0), 0, side: 2) })
  ]

  private func matches(
    _ parameters: [String: ParameterValue], _ objects: [Box], _ labels: [Int],
    regions: [Box] = []
  ) throws -> [Int32] {
    try PredictedScene(
      levels: row, objects: objects, labels: labels, regions: regions, boxes: [], scores: []
    ).assign(try CenterRegionAssigner(parameters)).matches
  }

  @Test func `cores are positive, shadows are ignored`() throws {
    let object = Box(0, -8, 16, 8)
    // The core is from 6 to 10, the shadow from 4 to 12.
    let scales: [String: ParameterValue] = ["positive_scale": 0.25, "shadow_scale": 0.5]
    #expect(try matches(scales, [object], [1]) == [-1, -1, -2, 0, 0, -2, -1, -1])
    // Of a square from 6 to 8 half is in a core from 7 to 9.
    let half: [String: ParameterValue] = ["positive_scale": 0.125, "shadow_scale": 0.125]
    #expect(try matches(half, [object], [1]) == [-1, -1, -1, 0, 0, -1, -1, -1])
    let more = half.merging(["min_cover": 0.5]) { $1 }
    #expect(try matches(more, [object], [1]) == [-1, -1, -1, -1, -1, -1, -1, -1])
  }

  @Test func `the smallest box has a core, and others of its class cast shadows`() throws {
    let objects = [Box(0, -8, 16, 8), Box(4, -4, 12, 4), Box(4, -4, 12, 4)]
    let scales: [String: ParameterValue] = ["positive_scale": 0.25, "shadow_scale": 0.25]
    // Both cores hold the two in the middle; of two that are as small the first has them.
    #expect(try matches(scales, objects, [1, 2, 3]) == [-1, -1, -1, 1, 1, -1, -1, -1])
    #expect(try matches(scales, objects, [2, 2, 3]) == [-1, -1, -1, -2, -2, -1, -1, -1])
    #expect(try matches(scales, objects, [1, 2, 2]) == [-1, -1, -1, -2, -2, -1, -1, -1])
    let dominant = scales.merging(["foreground_dominates": true]) { $1 }
    #expect(try matches(dominant, objects, [2, 2, 2]) == [-1, -1, -1, 1, 1, -1, -1, -1])
  }

  @Test func `the middle of an ignored region is ignored`() throws {
    let scales: [String: ParameterValue] = ["positive_scale": 0.25, "shadow_scale": 0.25]
    #expect(
      try matches(scales, [Box(0, -8, 16, 8)], [1], regions: [Box(4, -2, 12, 2)])
        == [-1, -1, -1, -2, -2, -1, -1, -1])
    #expect(
      try matches(scales, [], [], regions: [Box(4, -2, 12, 2)])
        == [-1, -1, -1, -2, -2, -1, -1, -1])
  }

  @Test func `numbers that aren't finite trap nowhere`() throws {
    let odd: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0]
    let boxes = odd.flatMap { first in odd.map { Box(first, 0, $0, 10) } }
    let found = try CenterRegionAssigner().matches([(8, boxes)], boxes, regions: boxes)
    #expect(found.count == boxes.count && found.allSatisfy { $0 < boxes.count && $0 >= -2 })
  }

  @Test(arguments: 0..<60)
  func `assignments are those of the rule`(seed: UInt64) throws {
    var scene = PredictedScene((Int(seed % 40) + 1, 12), seed: seed)
    scene.labels = scene.objects.indices.map { 1 + $0 % 2 }
    func shrunk(_ box: Box, _ scale: Double) -> (Double, Double, Double, Double) {
      let (x, y) = (Double(box.x1 + box.x2) / 2, Double(box.y1 + box.y2) / 2)
      let (w, h) = (Double(box.width()) / 2 * scale, Double(box.height()) / 2 * scale)
      return (x - w, y - h, x + w, y + h)
    }
    func share(_ prior: Box, in box: (Double, Double, Double, Double)) -> Double {
      let w = min(Double(prior.x2), box.2) - max(Double(prior.x1), box.0)
      let h = min(Double(prior.y2), box.3) - max(Double(prior.y1), box.1)
      return max(0, w) * max(0, h) / Double(prior.width() * prior.height())
    }
    func isInside(_ prior: Box, _ box: (Double, Double, Double, Double)) -> Bool {
      let (x, y) = (Double(prior.x1 + prior.x2) / 2, Double(prior.y1 + prior.y2) / 2)
      return x > box.0 && x < box.2 && y > box.1 && y < box.3
    }
    let expected = scene.priors.map { prior -> Int32 in
      if scene.regions.contains(where: { isInside(prior, shrunk($0, 0.5)) }) { return -2 }
      let cores = scene.objects.indices.filter {
        isInside(prior, shrunk(scene.objects[$0], 1))
          && share(prior, in: shrunk(scene.objects[$0], 0.5)) > 0.25
      }
      let match = cores.min {
        (scene.objects[$0].area(), $0) < (scene.objects[$1].area(), $1)
      }
      let shadowed = scene.objects.indices.filter { object in
        object != match
          && (cores.contains(object)
            || share(prior, in: shrunk(scene.objects[object], 0.75)) > 0.25)
      }
      guard let match else { return shadowed.isEmpty ? -1 : -2 }
      return shadowed.contains { scene.labels[$0] == scene.labels[match] } ? -2 : Int32(match)
    }
    let assigner = try CenterRegionAssigner([
      "positive_scale": 0.5, "shadow_scale": 0.75, "min_cover": 0.25,
    ])
    for workers in 1...3 {
      #expect(try scene.assign(assigner, workers: Workers(workers)).matches == expected)
    }
  }
}
