import LossKit

/// Assigns the anchors of a five-level pyramid, or queries, to the objects of an image.
package struct AssignmentTask: BenchTask {
  private let kind: Kind
  private let request: AssignmentRequest
  private let workers: Workers

  /// An assigner, and the anchors that it is measured on.
  package struct Kind: Sendable {
    let assigner: any Assigner.Type
    let parameters: [String: ParameterValue]
    /// Anchors of 200,000 priors; `nil` for queries, whose costs are given.
    let pyramid: Pyramid?

    /// As the first stage of Faster R-CNN: 800 × 1,000 pixels have 199,974 anchors.
    static let maxIoU = Kind(
      assigner: MaxIoUAssigner.self, parameters: ["low_quality_iou": 0],
      pyramid: Pyramid(height: 800, strides: [4, 8, 16, 32, 64], ratios: [0.5, 1, 2]))
    /// One anchor a cell, since equally near ones tie: 600 × 1,000 pixels have 199,877 anchors.
    static let atss = Kind(
      assigner: ATSSAssigner.self, parameters: [:],
      pyramid: Pyramid(height: 600, strides: [2, 4, 8, 16, 32], ratios: [1]))
    static let taskAligned = Kind(
      assigner: TaskAlignedAssigner.self, parameters: [:], pyramid: atss.pyramid)
    static let simOTA = Kind(
      assigner: SimOTAAssigner.self, parameters: ["objectness": false], pyramid: atss.pyramid)
    static let dynamicSoftLabel = Kind(
      assigner: DynamicSoftLabelAssigner.self, parameters: [:], pyramid: atss.pyramid)
    static let hungarian = Kind(
      assigner: HungarianAssigner.self, parameters: [:], pyramid: nil)
  }

  /// Takes `priors`, the numbers of them on each level as `prior_levels` and the strides of these as
  /// `prior_strides`, `gt_boxes`, for assigners that read predictions `gt_labels`, `boxes` and `scores`, and for
  /// those that read costs `costs`, a row for each object, from `file`.
  init(
    _ kind: Kind, priors: Int, groundTruths: Int, inputs file: (any TensorSource)?,
    workers: Workers
  ) throws {
    self.workers = workers
    self.kind = kind
    let size = kind.pyramid?.size(priors: priors) ?? ImageSize(height: 800, width: 1000)
    let priors =
      try file.map { try Self.priors(of: $0) } ?? kind.pyramid?.anchors(over: size)
      ?? Priors(RandomBoxes(seed: 1).objects(priors, in: size))
    let objects =
      try file?.boxes(named: "gt_boxes") ?? RandomBoxes(seed: 0).objects(groundTruths, in: size)
    let reads = try kind.assigner.init(kind.parameters).reads
    let readsScores = reads.contains(.scores)
    let stream = RandomStream(seed: 0, name: "costs")
    request = AssignmentRequest(
      priors: priors,
      groundTruth: GroundTruth(
        boxes: objects,
        labels: try file.flatMap { file in
          try readsScores ? file.integers(named: "gt_labels").elements : nil
        } ?? objects.indices.map { 1 + $0 % Self.classes }),
      imageSize: size,
      predictions: try readsScores
        ? file.map { try Self.predictions(of: $0) } ?? Self.predictions(for: priors)
        : StagePredictions(),
      costs: reads.contains(.costs)
        ? [
          WeightedMatchCost(
            name: "given",
            cost: GivenCosts(
              of: try file?.floats(named: "costs").elements
                ?? (0..<priors.count * objects.count).map { Float(stream.uniform($0)) },
              priors: priors.count))
        ] : [])
  }

  /// The classes of scores that are drawn.
  private static let classes = 80

  private static func predictions(of file: any TensorSource) throws -> StagePredictions {
    StagePredictions(
      scores: try file.floats(named: "scores").elements, boxes: try file.boxes(named: "boxes"))
  }

  /// The priors themselves, and scores of which few are high.
  private static func predictions(for priors: Priors) -> StagePredictions {
    let stream = RandomStream(seed: 0, name: "scores")
    return StagePredictions(
      scores: (0..<classes * priors.count).map { Float(Double.pow(stream.uniform($0), 4)) },
      boxes: priors.boxes)
  }

  private static func priors(of file: any TensorSource) throws -> Priors {
    let boxes = try file.boxes(named: "priors")
    guard file.names.contains("prior_levels") else { return Priors(boxes) }
    let counts = try file.integers(named: "prior_levels").elements
    let strides =
      try file.names.contains("prior_strides")
      ? file.integers(named: "prior_strides").elements.map { Double($0) } : counts.map { _ in nil }
    return try Priors(
      boxes, levels: zip(counts, strides).map { Priors.Level(count: $0, stride: $1) })
  }

  package var elements: Int { request.priors.count }
  package var bytes: Int? { nil }

  /// By an assigner that hasn't seen the priors before, unlike the next steps of a training.
  package func run() throws -> Assignment {
    try kind.assigner.init(kind.parameters).assign(request, workers: workers)
  }

  package func summary(of result: Assignment) -> BenchSummary {
    BenchSummary(checksumOf: result.matches.lazy.map { Int($0) })
  }
}

/// Anchors of eight strides in each cell of five levels, as detectors on feature pyramids have them.
struct Pyramid: Sendable {
  /// The height of an image of 1,000 pixels' width that has about 200,000.
  let height: Int
  let strides: [Int]
  let ratios: [Double]

  /// The size of an image that has about so many.
  func size(priors: Int) -> ImageSize {
    let side = (Double(priors) / 200_000).squareRoot()
    return ImageSize(
      height: max(1, Int(Double(height) * side)), width: max(1, Int(1000 * side)))
  }

  func anchors(over size: ImageSize) throws -> Priors {
    let grid = try CenteredAnchorGrid([
      "sizes": .list(strides.map { [.integer(8 * $0)] }),
      "ratios": .list(ratios.map { .number($0) }),
      "strides": .list(strides.map { .integer($0) }),
    ])
    return try grid.priors(
      for: PriorRequest(
        imageSize: size,
        featureMaps: strides.map {
          FeatureMap(height: (size.height + $0 - 1) / $0, width: (size.width + $0 - 1) / $0)
        },
        groundTruth: GroundTruth(boxes: [], labels: [])))
  }
}

/// Match costs that are ready.
private struct GivenCosts: MatchCost {
  static let declaration = Declaration(
    name: "given", summary: "Costs that are ready.", formula: "as given", source: "none")

  /// For each object those of all priors.
  private let costs: [[Float]]

  /// - Parameter costs: Those of the first object, then those of the second.
  init(of costs: [Float], priors: Int) {
    self.costs = stride(from: 0, to: costs.count, by: priors).map {
      Array(costs[$0..<min($0 + priors, costs.count)])
    }
  }

  init(parameters: Parameters) { costs = [] }

  var reads: Set<StageInput> { [] }

  func costs(of priors: [Int], with object: Int, in request: AssignmentRequest) -> [Float] {
    // An assigner that reads costs asks for those of all priors.
    object < costs.count ? costs[object] : []
  }
}
