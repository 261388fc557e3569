import LossKit
import TestSupport
import Testing

/// The assigner against the rule as it is written down: all distances sorted, statistics in Double. Boxes
/// lie on whole pixels, where distances and overlaps tie.
struct ATSSPropertyTests {
  typealias Level = (stride: Double?, boxes: [Box])

  /// The match of each prior.
  func expected(
    _ levels: [Level], _ objects: [Box], regions: [Box], candidates: Int
  ) -> [Int32] {
    let priors = levels.flatMap(\.boxes)
    let isIgnored = priors.map { $0.isIgnored(in: regions) }
    // The overlap with each object that wants the prior.
    var wanted: [[(overlap: Float, object: Int)]] = priors.map { _ in [] }
    for (object, box) in objects.enumerated() {
      var chosen: [Int] = []
      var start = 0
      for level in levels {
        let indices = start..<start + level.boxes.count
        let distances = indices.map { index in
          let center = priors[index].center
          let (x, y) = (center.x - box.center.x, center.y - box.center.y)
          return x * x + y * y
        }
        chosen += indices.filter { !isIgnored[$0] }
          .sorted { (distances[$0 - start], $0) < (distances[$1 - start], $1) }
          .prefix(candidates)
        start = indices.upperBound
      }
      let overlaps = chosen.map { index -> Float in
        let shared = priors[index].shared(box)
        return shared == 0
          ? 0 : Float(shared / (priors[index].exactArea + box.exactArea - shared))
      }
      let count = Double(chosen.count)
      let mean = overlaps.reduce(0.0) { $0 + Double($1) } / count
      let squares = overlaps.map { (Double($0) - mean) * (Double($0) - mean) }.reduce(0, +)
      let threshold = chosen.count > 1 ? mean + (squares / (count - 1)).squareRoot() : mean
      for (index, overlap) in zip(chosen, overlaps) where Double(overlap) >= threshold {
        let ((x, y), sides) = (priors[index].center, box.doubles)
        let inside = [x - sides.x1, y - sides.y1, sides.x2 - x, sides.y2 - y]
        if inside.allSatisfy({ $0 > 0.01 }) { wanted[index].append((overlap, object)) }
      }
    }
    return priors.indices.map { index in
      if isIgnored[index] { return Assignment.ignored }
      let most = wanted[index].map(\.overlap).max()
      let match = wanted[index].first { $0.overlap == most }
      return match.map { Int32($0.object) } ?? Assignment.background
    }
  }

  /// Numbers of priors around those that are worked on at a time.
  @Test(arguments: [[1], [9], [15, 17], [16, 0, 33], [40, 31, 1, 3], [200, 60]])
  func `assignments are those of the rule`(counts: [Int]) throws {
    var random = SeededGenerator(seed: UInt64(81 + counts.count))
    var seen: (positive: Int, ignored: Int, contested: Int) = (0, 0, 0)
    for scene in 0..<120 {
      let candidates = [1, 2, 9, 50][scene / 2 % 4]
      let assigner = try ATSSAssigner(["candidates": .integer(candidates)])
      let levels: [Level] = counts.enumerated().map { level, count in
        // Every other level is a grid, so that many centres are equally near.
        let grid = (0..<count).map { index in
          square(Float(index % 8) * 3, Float(index / 8) * 3, side: Float(4 + 2 * level))
        }
        let strangers = (0..<count).map { _ in
          IntegerBox(leastSide: 0, within: 18, using: &random).box
        }
        return (nil, (level + scene) % 2 == 0 ? grid : strangers)
      }
      var objects = (0..<scene % 7).map { _ in
        IntegerBox(leastSide: 1, within: 18, using: &random).box
      }
      // Some come twice, some are priors.
      objects += objects.prefix(scene % 2)
      objects += levels[0].boxes.filter { $0.exactArea > 0 }.prefix(scene % 3)
      let regions = (0..<scene % 3).map { _ in
        IntegerBox(leastSide: 1, within: 18, using: &random).box
      }
      let expected = expected(levels, objects, regions: regions, candidates: candidates)
      for workers in 1...3 {
        let found = try assigner.matches(
          levels, objects, regions: regions, workers: Workers(workers))
        #expect(found == expected, "scene \(scene), \(workers) workers")
      }
      seen.positive += expected.filter { $0 >= 0 }.count
      seen.ignored += expected.filter { $0 == Assignment.ignored }.count
      // Reversed, ties are decided otherwise.
      let reversed = self.expected(
        levels, objects.reversed(), regions: regions, candidates: candidates)
      seen.contested +=
        zip(expected, reversed).filter { $0 >= 0 && Int($0) != objects.count - 1 - Int($1) }.count
    }
    if counts == [1] { return }
    #expect(seen.positive > 20 && seen.ignored > 3 && seen.contested > 1, "\(seen)")
  }

  @Test func `many priors are assigned the same on every number of threads`() throws {
    var random = SeededGenerator(seed: 91)
    let levels: [Level] = [5000, 1203, 77].map { count in
      (nil, random.boxes(count, within: 400, sides: 5...120))
    }
    let objects = random.boxes(40, within: 380, sides: 5...150)
    let regions = random.boxes(3, within: 380, sides: 5...150)
    let assigner = try ATSSAssigner()
    let one = try assigner.matches(levels, objects, regions: regions, workers: Workers(1))
    #expect(one.filter { $0 >= 0 }.count > 40 && one.contains(Assignment.ignored))
    for workers in 2...3 {
      let found = try assigner.matches(
        levels, objects, regions: regions, workers: Workers(workers))
      #expect(found == one)
    }
  }
}
