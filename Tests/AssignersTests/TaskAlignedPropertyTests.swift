import LossKit
import Testing

/// The assigner against the rule as it is written down: all metrics sorted.
struct TaskAlignedPropertyTests {
  struct Rule: Sendable {
    var topK: Int
    var alpha: Float
    var beta: Float
    var insideFirst: Bool
    var contestAll: Bool

    var values: [String: ParameterValue] {
      [
        "top_k": .integer(topK), "alpha": .number(Double(alpha)), "beta": .number(Double(beta)),
        "inside_first": .boolean(insideFirst), "contest_all": .boolean(contestAll),
      ]
    }

    /// The object and the quality of each prior, and how many objects wanted it.
    func matches(_ scene: PredictedScene) -> [(object: Int32, quality: Float, wanted: Int)] {
      let priors = scene.priors
      let isIgnored = priors.map { $0.isIgnored(in: scene.regions) }
      func isInside(_ prior: Int, _ object: Int) -> Bool {
        let ((x, y), box) = (priors[prior].center, scene.objects[object].doubles)
        return [x - box.x1, y - box.y1, box.x2 - x, box.y2 - y].allSatisfy { $0 > 0.01 }
      }
      func overlap(_ prior: Int, _ object: Int) -> Float {
        scene.boxes[prior].iou(scene.objects[object])
      }
      func metric(_ prior: Int, _ object: Int) -> Float {
        .pow(scene.score(prior, object), alpha) * .pow(overlap(prior, object), beta)
      }
      var wanted: [[Int]] = priors.map { _ in [] }
      for object in scene.objects.indices {
        let candidates = priors.indices.filter {
          !isIgnored[$0] && metric($0, object) > 0 && (!insideFirst || isInside($0, object))
        }
        let best = candidates.sorted {
          (-metric($0, object), $0) < (-metric($1, object), $1)
        }.prefix(topK)
        for prior in best where isInside(prior, object) { wanted[prior].append(object) }
      }
      let objects = priors.indices.map { prior -> Int? in
        var objects = wanted[prior]
        if objects.count > 1, contestAll {
          objects = scene.objects.indices.filter { isInside(prior, $0) }
        }
        let most = objects.map { overlap(prior, $0) }.max()
        return objects.first { overlap(prior, $0) == most }
      }
      return priors.indices.map { prior in
        guard let object = objects[prior] else {
          return (isIgnored[prior] ? Assignment.ignored : Assignment.background, 0, 0)
        }
        let others = priors.indices.filter { objects[$0] == object }
        let largest = others.map { metric($0, object) }.max() ?? 0
        return (
          Int32(object),
          metric(prior, object) / (largest + 1e-7)
            * (others.map { overlap($0, object) }.max() ?? 0),
          wanted[prior].count
        )
      }
    }
  }

  static let rules = [1, 3, 13].flatMap { topK in
    [(false, false), (true, false), (false, true), (true, true)].flatMap {
      insideFirst, contestAll in
      [(1, 6), (0.5, 1)].map { alpha, beta in
        Rule(
          topK: topK, alpha: alpha, beta: beta, insideFirst: insideFirst, contestAll: contestAll)
      }
    }
  }

  @Test(arguments: [(1, 0), (7, 8), (16, 1), (40, 25)])
  func `assignments are those of the rule`(counts: (Int, Int)) throws {
    var seen: (positive: Int, ignored: Int, contested: Int) = (0, 0, 0)
    for seed in 0..<30 as Range<UInt64> {
      let scene = PredictedScene(counts, seed: seed)
      for rule in Self.rules {
        let expected = rule.matches(scene)
        let assigner = try TaskAlignedAssigner(rule.values)
        for workers in 1...3 {
          let found = try scene.assign(assigner, workers: Workers(workers))
          #expect(found.matches == expected.map(\.object), "\(seed), \(rule), \(workers) workers")
          #expect(found.quality == expected.map(\.quality), "\(seed), \(rule)")
        }
        seen.positive += expected.filter { $0.object >= 0 }.count
        seen.ignored += expected.filter { $0.object == Assignment.ignored }.count
        seen.contested += expected.filter { $0.wanted > 1 }.count
      }
    }
    if counts.0 == 1 { return }
    #expect(seen.positive > 200 && seen.ignored > 50 && seen.contested > 5, "\(seen)")
  }
}
