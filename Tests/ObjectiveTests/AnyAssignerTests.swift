import LossKit
import TestSupport
import Testing

/// A head, put together of what a stage may predict.
private struct Head: CustomStringConvertible {
  /// What its priors are.
  enum Kind: String, CaseIterable {
    case points, anchors, proposals, queries
  }
  /// What tells classes.
  enum Classes: String, CaseIterable {
    /// Objects alone, as a region proposal network does.
    case objects
    case softmax, sigmoid
    /// The class's column holds the IoU of the predicted box.
    case predictedIoU
    /// The class's column holds the assigner's quality.
    case quality
  }
  /// What tells boxes.
  enum Boxes: String, CaseIterable {
    case deltas, deltasOfEachClass, decodedDeltas, shares, distances, sides, distributions
  }
  /// What stands beside both.
  enum Extra: String, CaseIterable {
    case nothing
    /// A term for centerness, which weighs boxes too.
    case centerness
    /// A term for objects, and boxes that their own IoU weighs.
    case objectness
  }

  let kind: Kind
  let classes: Classes
  let boxes: Boxes
  let extra: Extra

  var description: String { "\(kind) \(classes) \(boxes) \(extra)" }

  /// All heads, grouped by what tells classes and boxes.
  static let groups = Classes.allCases.flatMap { classes in
    Boxes.allCases.map { boxes in
      Kind.allCases.flatMap { kind in
        Extra.allCases
          // One term for objects is enough.
          .filter { classes != .objects || $0 != .objectness }
          .map { Head(kind: kind, classes: classes, boxes: boxes, extra: $0) }
      }
    }
  }

  func stage(_ assigner: any Assigner, costs: [WeightedMatchCost]) throws -> Stage {
    Stage(
      name: "head", priors: try priors, assigner: assigner, matchCosts: costs,
      sampler: try AllSampler(), coder: try coder, terms: try terms)
  }

  private var priors: any PriorGenerator {
    get throws {
      switch kind {
      case .points: try Points(["strides": [8, 16]])
      case .anchors:
        try CenteredAnchorGrid([
          "strides": [8, 16], "sizes": [[8, 12], [20, 28]], "ratios": [1], "offset": 0.5,
        ])
      case .proposals: try Proposals()
      case .queries: try Queries(["count": 9])
      }
    }
  }

  private var coder: any BoxCoder {
    get throws {
      switch boxes {
      case .deltas, .deltasOfEachClass, .decodedDeltas: try DeltaBoxCoder()
      case .shares: try NormalizedBoxCoder()
      case .distances: try DistanceBoxCoder(["normalize": true, "activation": "exp"])
      case .sides: try TBLRBoxCoder()
      case .distributions: try DistanceBoxCoder(["normalize": true, "bins": 5, "max": 4])
      }
    }
  }

  private var terms: [Term] {
    get throws {
      let positives = Normalizer(.positives, floor: 1)
      var terms: [Term] = []
      switch classes {
      case .objects:
        terms.append(try term("cls", .objectness, try BCEWithLogitsLoss(), positives))
      case .softmax:
        terms.append(try term("cls", .class, try SoftmaxCrossEntropyLoss(), Normalizer(.sampled)))
      case .sigmoid:
        terms.append(try term("cls", .class, try SigmoidFocalLoss(), positives))
      case .predictedIoU:
        let target = try ClassQualityTarget(["measure": "iou"])
        terms.append(try term("cls", target, try QualityFocalLoss(), positives))
      case .quality:
        terms.append(
          try term("cls", try ClassQualityTarget(), try BCEWithLogitsLoss(), positives))
      }
      let weight: (any RowWeight)? =
        switch extra {
        case .nothing: nil
        case .centerness: try CenternessWeight()
        case .objectness: try PredictedOverlapWeight()
        }
      let normalizer = weight.map { Normalizer(.rowWeight($0), floor: 1) } ?? positives
      switch boxes {
      case .deltas, .deltasOfEachClass:
        terms.append(try term("box", .box, try SmoothL1Loss(), normalizer, weight))
      case .decodedDeltas, .shares, .distances, .sides, .distributions:
        terms.append(try term("box", .decodedBox, try GIoULoss(), normalizer, weight))
      }
      if boxes == .distributions {
        terms.append(
          try term(
            "dfl", try DistributionTarget(), try DistributionFocalLoss(), positives, of: "box")
        )
      }
      switch extra {
      case .nothing: break
      case .centerness:
        terms.append(
          try term("centerness", try CenternessTarget(), try BCEWithLogitsLoss(), positives))
      case .objectness:
        terms.append(try term("object", .objectness, try BCEWithLogitsLoss(), positives))
      }
      return terms
    }
  }

  private func term(
    _ name: String, _ target: some Target, _ loss: any Loss, _ normalizer: Normalizer,
    _ weight: (any RowWeight)? = nil, of prediction: String? = nil
  ) throws -> Term {
    let columns = name == "box" && boxes == .deltasOfEachClass ? "k c" : "c"
    let levels = maps.isEmpty ? [""] : maps.indices.map { "\($0)" }
    let layout =
      switch kind {
      case .points, .anchors: "n (a \(columns)) h w"
      case .proposals: columns == "c" ? "r c" : "r (k c)"
      case .queries: columns == "c" ? "n p c" : "n p k c"
      }
    return Term(
      name: name, predictions: levels.map { (prediction ?? name) + $0 }, layout: try Layout(layout),
      target: target, loss: loss, normalizer: normalizer, rowWeight: weight)
  }

  /// The sides of the feature maps; none where priors lie on none.
  private var maps: [Int] { kind == .points || kind == .anchors ? [4, 2] : [] }

  /// Random predictions of a stage of this head.
  func predictions(of stage: Stage, images: Int) throws -> [String: Tensor<Double>] {
    var predictions: [String: Tensor<Double>] = [:]
    for (index, term) in stage.terms.enumerated() {
      let isOfEachClass = term.name == "box" && boxes == .deltasOfEachClass
      let slots = isOfEachClass ? term.background.columns(classes: Self.labels) : 1
      let columns = slots * (term.columns ?? term.columnCount(classes: Self.labels))
      for (level, name) in term.predictions.enumerated() where predictions[name] == nil {
        let shape =
          switch kind {
          case .points: [images, columns, maps[level], maps[level]]
          case .anchors: [images, 2 * columns, maps[level], maps[level]]
          case .proposals: [images * Self.proposals.count, columns]
          case .queries: slots == 1 ? [images, 9, columns] : [images, 9, slots, columns / slots]
          }
        let tensor = try randomTensor(shape, in: 0.5, seed: UInt64(7 + 10 * index + level))
        // Sides of a box in shares of the prior are positive.
        predictions[name] =
          name.hasPrefix("box") && [.shares, .sides].contains(boxes)
          ? tensor.map { 0.6 + $0 } : tensor
      }
    }
    return predictions
  }

  static let labels = 3
  static let objects = GroundTruth(
    boxes: [Box(1, 2, 16, 14), Box(12, 9, 31, 30), Box(3, 18, 13, 29)], labels: [2, 1, 3])
  static let proposals = [
    Box(0, 2, 15, 15), Box(10, 10, 30, 28), Box(2, 19, 14, 30), Box(0, 0, 31, 31),
    Box(20, 2, 30, 9), Box(13, 8, 27, 32), Box(1, 1, 18, 12), Box(5, 16, 12, 31),
  ]

  /// Why the head can't have an assigner: a part of each problem.
  func refusals(of assigner: any Assigner, costs: [WeightedMatchCost]) -> Set<String> {
    let reads = costs.reduce(assigner.reads) { $0.union($1.cost.reads) }
    var refusals: Set<String> = []
    if reads.contains(.strides), maps.isEmpty {
      refusals.insert("lays no priors on feature maps, which have strides")
    }
    if reads.contains(.objectness), extra != .objectness {
      refusals.insert("no term predicts objects beside one that predicts classes")
    }
    if boxes == .deltasOfEachClass,
      reads.contains(.boxes) || classes == .predictedIoU || extra == .objectness
    {
      refusals.insert("the term for boxes predicts one for each class")
    }
    if classes == .quality, !assigner.gives.contains(.quality) {
      refusals.insert("\"\(type(of: assigner).declaration.name)\" gives none")
    }
    return refusals
  }
}

/// Every registered assigner with every head: both go together, or the stage says why not.
struct AnyAssignerTests {
  private static let assigners = (try? Registry.builtIn())?.assigners.names ?? []

  /// An assigner, and all match costs that need no parameters if it reads them.
  private func parts(_ name: String) throws -> (any Assigner, [WeightedMatchCost]) {
    let registry = try Registry.builtIn()
    let assigner = try #require(registry.assigners[name]).make([:])
    guard assigner.reads.contains(.costs) else { return (assigner, []) }
    let costs = registry.costs.entries.compactMap { entry in
      (try? entry.make([:])).map { WeightedMatchCost(name: entry.declaration.name, cost: $0) }
    }
    return (assigner, costs)
  }

  private static func batch(_ objects: [GroundTruth]) -> DetectionBatch {
    DetectionBatch(
      images: objects.map {
        DetectionBatch.Image(
          size: ImageSize(height: 32, width: 32), groundTruth: $0, proposals: Head.proposals)
      })
  }

  /// Of each kind of classes with each of boxes one head is evaluated; which, goes round.
  @Test(arguments: Self.assigners)
  func `an assigner goes with any head`(name: String) throws {
    let (assigner, costs) = try parts(name)
    for (index, heads) in Head.groups.enumerated() {
      var fitting: [(head: Head, stage: Stage)] = []
      for head in heads {
        let stage = try head.stage(assigner, costs: costs)
        let problems = stage.problems.map(\.problem)
        let refusals = head.refusals(of: assigner, costs: costs)
        let missing = refusals.filter { part in !problems.contains { $0.contains(part) } }
        let others = problems.filter { text in !refusals.contains { text.contains($0) } }
        #expect(missing.isEmpty && others.isEmpty, "\(head)")
        if problems.isEmpty { fitting.append((head, stage)) }
      }
      guard !fitting.isEmpty else { continue }
      let (head, stage) = fitting[index % fitting.count]
      try evaluate(head, try DetectionObjective(name: "any", stages: [stage]))
    }
  }

  private func evaluate(_ head: Head, _ objective: DetectionObjective) throws {
    let none = GroundTruth(boxes: [], labels: [])
    for objects in [[none], [Head.objects, none]] {
      let batch = Self.batch(objects)
      let predictions = try head.predictions(of: objective.stages[0], images: objects.count)
      let targets = try objective.reading(
        predictions, for: try objective.targets(for: batch, predictions: predictions))
      let found = targets[0].images.map { !$0.positives.isEmpty }
      #expect(found == objects.map { !$0.boxes.isEmpty }, "\(head)")
      let result = try objective.evaluate(predictions, against: targets)
      let values = result.terms.map(\.value)
      #expect(values.allSatisfy { $0.isFinite }, "\(head)")

      // Along one direction through all predictions.
      var (slope, norm, seed) = (0.0, 0.0, UInt64(0))
      var (ahead, behind) = (predictions, predictions)
      for (name, gradient) in result.gradients.sorted(by: { $0.key < $1.key }) {
        seed += 1
        let direction = try randomTensor(gradient.shape, in: 1, seed: seed).elements
        for (element, derivative) in gradient.elements.enumerated() {
          slope += direction[element] * derivative
          norm += derivative * derivative
          let step = 0x1p-17 * direction[element]
          ahead[name]?.withMutableElements { $0[element] += step }
          behind[name]?.withMutableElements { $0[element] -= step }
        }
      }
      let totals = try [ahead, behind].map {
        try objective.evaluate($0, against: targets, gradients: false).total
      }
      let difference = (totals[0] - totals[1]) * 0x1p16
      #expect(abs(slope - difference) <= 1e-6 * norm.squareRoot() + 1e-9, "\(head)")
    }
  }

  /// Scenes in which priors and objects hardly meet, or nothing tells priors apart.
  private static let oddScenes: [(name: String, objects: GroundTruth, isEqual: Bool)] = [
    (
      "smaller than a stride",
      GroundTruth(boxes: [Box(8, 8, 8.5, 8.5), Box(3, 3, 5, 5)], labels: [1, 2]),
      false
    ),
    ("outside the image", GroundTruth(boxes: [Box(900, 900, 990, 990)], labels: [1]), false),
    ("equal scores and boxes", Head.objects, true),
    (
      "the same object twice",
      GroundTruth(boxes: [Box(4, 4, 28, 28), Box(4, 4, 28, 28)], labels: [1, 1]), true
    ),
    (
      "more objects than priors",
      GroundTruth(
        boxes: (0..<50).map { Box(Float($0 % 7) * 4, Float($0 / 7) * 4, 30, 31) },
        labels: (0..<50).map { 1 + $0 % 3 }), false
    ),
  ]

  @Test(arguments: Self.assigners)
  func `odd scenes have a result, the same on any number of threads`(name: String) throws {
    let (assigner, costs) = try parts(name)
    let head = Head(kind: .points, classes: .sigmoid, boxes: .distances, extra: .objectness)
    let stage = try head.stage(assigner, costs: costs)
    let objective = try DetectionObjective(name: "odd", stages: [stage])
    for scene in Self.oddScenes {
      var predictions = try head.predictions(of: stage, images: 1)
      if scene.isEqual { predictions = predictions.mapValues { $0.map { _ in 0.25 } } }
      let targets = try (1...3).map {
        try objective.targets(
          for: Self.batch([scene.objects]), predictions: predictions, workers: Workers($0))
      }
      let matches = targets.map { $0[0].images[0].assignment.matches }
      #expect(matches == [matches[0], matches[0], matches[0]], "\(scene.name)")
      let result = try objective.evaluate(predictions, against: targets[0])
      let gradients = result.gradients.values.flatMap(\.elements)
      let isFinite = result.total.isFinite && gradients.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(scene.name)")
      // A match is of an object that there is, and boxes cost something where there is one.
      let objects = Int32(scene.objects.boxes.count)
      let isMatched = matches[0].contains { $0 >= 0 }
      #expect(matches[0].allSatisfy { $0 >= -2 && $0 < objects }, "\(scene.name)")
      #expect(isMatched || result.terms[1].value == 0, "\(scene.name)")
    }
  }

  /// A match cost is one of those that the assigner adds up.
  @Test(arguments: Self.assigners)
  func `match costs are there where they are read, and nowhere else`(name: String) throws {
    let assigner = try #require(try Registry.builtIn().assigners[name]).make([:])
    let head = Head(kind: .points, classes: .sigmoid, boxes: .distances, extra: .objectness)
    let isRead = assigner.reads.contains(.costs)
    let costs = isRead ? [] : [WeightedMatchCost(name: "iou", cost: try IoUCost())]
    let expected =
      isRead
      ? "\"\(name)\" reads costs, but the stage has none; name some under match_costs"
      : "\"\(name)\" reads no costs"
    let found = try head.stage(assigner, costs: costs).problems.map(\.problem)
    #expect(found == [expected])
  }
}
