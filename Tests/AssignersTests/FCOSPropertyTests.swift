import LossKit
import TestSupport
import Testing

/// The assigner against the rule as it is written down, in Double, on boxes of whole pixels, where sides
/// meet points, distances meet ends of ranges, and areas tie.
struct FCOSPropertyTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    var radius: Double?
    var range: Double
    var includesEnds: Bool
    var roundsAreas: Bool

    var testDescription: String {
      "radius \(radius.map { "\($0)" } ?? "none"), range \(range), ends \(includesEnds), "
        + "rounded \(roundsAreas)"
    }

    var values: [String: ParameterValue] {
      [
        "center_radius": radius.map { .number($0) } ?? .null, "range": .number(range),
        "include_ends": .boolean(includesEnds), "round_areas": .boolean(roundsAreas),
      ]
    }

    /// The match of each prior: all objects are held against it, one after another.
    func matches(
      _ levels: [(stride: Double?, boxes: [Box])], _ objects: [Box], regions: [Box]
    ) -> [Int32] {
      levels.indices.flatMap { level in
        let stride = levels[level].stride ?? 0
        let start = level == 0 ? 0 : range * (levels[level - 1].stride ?? 0)
        let end = level == levels.count - 1 ? Double.infinity : range * stride
        return levels[level].boxes.map { prior -> Int32 in
          if prior.isIgnored(in: regions) { return Assignment.ignored }
          let (x, y) = prior.center
          var best: (area: Double, object: Int)?
          for (index, object) in objects.enumerated() {
            let box = object.doubles
            let distances = [x - box.x1, y - box.y1, box.x2 - x, box.y2 - y]
            guard distances.allSatisfy({ $0 > 0 }), let largest = distances.max() else { continue }
            let isInRange =
              includesEnds ? (start...end) ~= largest : start < largest && largest < end
            guard isInRange else { continue }
            let apart = max(abs(x - object.center.x), abs(y - object.center.y))
            if let radius, apart >= radius * stride { continue }
            let area =
              roundsAreas ? -Double(Float(1e8 - object.exactArea)) : object.exactArea
            if area < best?.area ?? .infinity { best = (area, index) }
          }
          return best.map { Int32($0.object) } ?? Assignment.background
        }
      }
    }
  }

  static let rules = [nil, 0.5, 1.5].flatMap { radius in
    [1.0, 2, 8].flatMap { range in
      [(true, false), (false, true)].map { ends, rounds in
        Rule(radius: radius, range: range, includesEnds: ends, roundsAreas: rounds)
      }
    }
  }

  /// Points of strides 2, 4 and 8 on an image of about 20 pixels, at the corners of their cells or in
  /// their middles.
  func levels(offset: Double) throws -> [(stride: Double?, boxes: [Box])] {
    let strides = [2.0, 4, 8]
    let maps = strides.map { FeatureMap(height: Int(20 / $0), width: Int(24 / $0)) }
    let points = try Points([
      "strides": .list(strides.map { .number($0) }), "offset": .number(offset),
    ])
    let priors = try points.priors(
      for: PriorRequest(
        imageSize: ImageSize(height: 20, width: 24), featureMaps: maps,
        groundTruth: GroundTruth(boxes: [], labels: [])))
    return zip(strides, priors.ranges).map { (stride: $0, boxes: Array(priors.boxes[$1])) }
  }

  @Test(arguments: rules) func `assignments are those of the rule`(rule: Rule) throws {
    var random = SeededGenerator(seed: 71)
    var seen: (positive: Int, ignored: Int, contested: Int) = (0, 0, 0)
    let assigner = try FCOSAssigner(rule.values)
    for scene in 0..<60 {
      let levels = try levels(offset: scene % 2 == 0 ? 0.5 : 0)
      var objects = (0..<scene % 20).map { _ in
        IntegerBox(leastSide: 1, within: 18, using: &random)
      }
      objects += objects.prefix(scene % 2 * 6)
      let boxes = objects.map(\.box)
      let regions = (0..<scene % 3).map { _ in
        IntegerBox(leastSide: 1, within: 18, using: &random).box
      }
      let expected = rule.matches(levels, boxes, regions: regions)
      for workers in 1...3 {
        let found = try assigner.matches(
          levels, boxes, regions: regions, workers: Workers(workers))
        #expect(found == expected, "scene \(scene), \(workers) workers")
      }
      seen.positive += expected.filter { $0 >= 0 }.count
      seen.ignored += expected.filter { $0 == Assignment.ignored }.count
      // Reversed, ties are decided otherwise.
      let reversed = rule.matches(levels, boxes.reversed(), regions: regions)
      seen.contested +=
        zip(expected, reversed).filter { $0 >= 0 && Int($0) != boxes.count - 1 - Int($1) }.count
    }
    #expect(seen.positive > 50 && seen.ignored > 50 && seen.contested > 5, "\(seen)")
  }

  @Test func `many points are assigned the same on every number of threads`() throws {
    var random = SeededGenerator(seed: 72)
    let boxes = random.boxes(3000, within: 300, sides: 2...20)
    let objects = random.boxes(30, within: 280, sides: 5...150)
    let levels: [(stride: Double?, boxes: [Box])] = [
      (4, Array(boxes[..<2049])), (8, Array(boxes[2049...])),
    ]
    let assigner = try FCOSAssigner(["center_radius": 2.5])
    let one = try assigner.matches(levels, objects, workers: Workers(1))
    #expect(Set(one).count > 20)
    for workers in 2...3 {
      #expect(try assigner.matches(levels, objects, workers: Workers(workers)) == one)
    }
  }
}
