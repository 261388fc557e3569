import LossKit
import Testing

/// SimOTA and dynamic soft labels against their rules as they are written down: all costs sorted.
struct DynamicPropertyTests {
  struct Rule: Sendable {
    var name: String
    var topK: Int
    var weight: Double
    var radius: Double
    var isCenterOnly = false
    var objectness = false
    var outside = 1e5

    var assigner: any Assigner {
      get throws {
        let values: [String: ParameterValue] = [
          "top_k": .integer(topK), "iou_weight": .number(weight), "center_radius": .number(radius),
        ]
        guard name == "sim_ota" else { return try DynamicSoftLabelAssigner(values) }
        return try SimOTAAssigner(
          values.merging([
            "region": .string(isCenterOnly ? "center" : "box_and_center"),
            "objectness": .boolean(objectness), "outside_cost": .number(outside),
          ]) { $1 })
      }
    }

    func isInside(_ scene: PredictedScene, _ prior: Int, _ object: Int) -> Bool {
      let ((x, y), box) = (scene.priors[prior].center, scene.objects[object].doubles)
      return [x - box.x1, y - box.y1, box.x2 - x, box.y2 - y].allSatisfy { $0 > 0 }
    }

    func isNear(_ scene: PredictedScene, _ prior: Int, _ object: Int) -> Bool {
      let ((x, y), (centerX, centerY)) = (scene.priors[prior].center, scene.objects[object].center)
      return max(abs(x - centerX), abs(y - centerY)) < radius * Double(scene.priors[prior].width())
    }

    func admits(_ scene: PredictedScene, _ prior: Int, _ object: Int) -> Bool {
      switch name {
      case "sim_ota" where isCenterOnly: isNear(scene, prior, object)
      case "sim_ota": isNear(scene, prior, object) || isInside(scene, prior, object)
      default: isInside(scene, prior, object)
      }
    }

    func cost(_ scene: PredictedScene, _ prior: Int, _ object: Int) -> Double {
      let overlap = Double(scene.boxes[prior].iou(scene.objects[object]))
      let scores = scene.scores[3 * prior..<3 * (prior + 1)]
      var sum = 0.0
      for (index, score) in scores.enumerated() {
        let isOwn = index + 1 == scene.labels[object]
        if name == "sim_ota" {
          let p = objectness ? (score * scene.objectness[prior]).squareRoot() : score
          sum += min(100, -Double.log(Double(isOwn ? p : 1 - p)))
        } else {
          let p = max(0x1p-126, min(Double(score), 0x1.fffffep-1))
          let target = isOwn ? overlap : 0
          sum +=
            (-target * Double.log(p) - (1 - target) * Double.log(1 - p))
            * ((target - Double(score)) * (target - Double(score)))
        }
      }
      sum -= weight * Double.log(overlap + 1e-7)
      guard name == "sim_ota" else {
        let ((x, y), (centerX, centerY)) = (
          scene.priors[prior].center, scene.objects[object].center
        )
        let distance = ((x - centerX) * (x - centerX) + (y - centerY) * (y - centerY)).squareRoot()
        return sum + Double.pow(10, distance / Double(scene.priors[prior].width()) - radius)
      }
      let isInside =
        isNear(scene, prior, object) && (isCenterOnly || isInside(scene, prior, object))
      // In single precision, where large numbers lie far apart.
      return isInside ? sum : Double(Float(sum) + Float(outside))
    }

    /// The object of each prior, and how many took it.
    func matches(
      _ scene: PredictedScene
    ) -> [(object: Int32, taken: Int)] {
      let isIgnored = scene.priors.map { $0.isIgnored(in: scene.regions) }
      let candidates = scene.priors.indices.filter { prior in
        !isIgnored[prior] && scene.objects.indices.contains { admits(scene, prior, $0) }
      }
      // Costs that are the same but for rounding tie.
      let costs = scene.priors.indices.map { prior in
        scene.objects.indices.map { object in
          let cost = Float(cost(scene, prior, object))
          return cost >= 1e4 ? cost : Float(bitPattern: cost.bitPattern & ~63)
        }
      }
      var taken: [[Int]] = scene.priors.map { _ in [] }
      for object in scene.objects.indices {
        let overlaps = candidates.map { scene.boxes[$0].iou(scene.objects[object]) }
        let sum = overlaps.sorted(by: >).prefix(topK).reduce(0, +)
        let order = candidates.sorted { (costs[$0][object], $0) < (costs[$1][object], $1) }
        for prior in order.prefix(max(1, Int(sum))) { taken[prior].append(object) }
      }
      return scene.priors.indices.map { prior in
        if isIgnored[prior] { return (Assignment.ignored, 0) }
        guard let first = taken[prior].first else { return (Assignment.background, 0) }
        let least = costs[prior].min()
        let object =
          taken[prior].count > 1 ? costs[prior].firstIndex { $0 == least } ?? first : first
        return (Int32(object), taken[prior].count)
      }
    }
  }

  static let rules = [
    Rule(name: "sim_ota", topK: 10, weight: 3, radius: 2.5),
    Rule(name: "sim_ota", topK: 2, weight: 1, radius: 1.5, objectness: true),
    Rule(name: "sim_ota", topK: 10, weight: 3, radius: 1, isCenterOnly: true, outside: 100),
    Rule(name: "sim_ota", topK: 10, weight: 0.5, radius: 0.5, outside: 10),
    Rule(name: "dynamic_soft_label", topK: 13, weight: 3, radius: 3),
    Rule(name: "dynamic_soft_label", topK: 3, weight: 1, radius: 1),
  ]

  @Test(arguments: [(1, 0), (7, 8), (16, 1), (40, 25)], rules)
  func `assignments are those of the rule`(counts: (Int, Int), rule: Rule) throws {
    var seen: (positive: Int, ignored: Int, contested: Int) = (0, 0, 0)
    let assigner = try rule.assigner
    for seed in 0..<60 as Range<UInt64> {
      let scene = PredictedScene(counts, seed: seed)
      let expected = rule.matches(scene)
      for workers in 1...3 {
        let found = try scene.assign(assigner, workers: Workers(workers))
        #expect(found.matches == expected.map(\.object), "\(seed), \(workers) workers")
        let overlaps = expected.enumerated().map { prior, match in
          match.object < 0 ? 0 : scene.boxes[prior].iou(scene.objects[Int(match.object)])
        }
        #expect(found.quality == overlaps)
      }
      seen.positive += expected.filter { $0.object >= 0 }.count
      seen.ignored += expected.filter { $0.object == Assignment.ignored }.count
      seen.contested += expected.filter { $0.taken > 1 }.count
    }
    if counts.0 == 1 { return }
    #expect(seen.positive > 100 && seen.ignored > 10 && seen.contested > 5, "\(seen)")
  }
}
