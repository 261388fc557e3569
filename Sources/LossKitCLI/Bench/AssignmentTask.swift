import LossKit

/// Assigns the anchors of a five-level pyramid to the objects of an image.
struct AssignmentTask: BenchTask {
  private let kind: Kind
  private let request: AssignmentRequest
  private let workers: Workers

  /// An assigner, and the anchors that it is measured on.
  struct Kind: Sendable {
    let assigner: any Assigner.Type
    let parameters: [String: ParameterValue]
    /// Anchors of 200,000 priors.
    let pyramid: Pyramid

    /// As the first stage of Faster R-CNN: 800 × 1,000 pixels have 199,974 anchors.
    static let maxIoU = Kind(
      assigner: MaxIoUAssigner.self, parameters: ["low_quality_iou": 0],
      pyramid: Pyramid(height: 800, strides: [4, 8, 16, 32, 64], ratios: [0.5, 1, 2]))
    /// One anchor a cell, since equally near ones tie: 600 × 1,000 pixels have 199,877 anchors.
    static let atss = Kind(
      assigner: ATSSAssigner.self, parameters: [:],
      pyramid: Pyramid(height: 600, strides: [2, 4, 8, 16, 32], ratios: [1]))
  }

  /// Takes `priors`, the numbers of them on each level as `prior_levels`, and `gt_boxes` from `file`.
  init(
    _ kind: Kind, priors: Int, groundTruths: Int, inputs file: (any TensorSource)?,
    workers: Workers
  ) throws {
    self.workers = workers
    self.kind = kind
    let side = (Double(priors) / 200_000).squareRoot()
    let size = ImageSize(
      height: max(1, Int(Double(kind.pyramid.height) * side)), width: max(1, Int(1000 * side)))
    request = AssignmentRequest(
      priors: try file.map { try Self.priors(of: $0) } ?? kind.pyramid.anchors(over: size),
      groundTruth: GroundTruth(
        boxes: try file?.boxes(named: "gt_boxes")
          ?? RandomBoxes(seed: 0).objects(groundTruths, in: size),
        labels: []),
      imageSize: size)
  }

  private static func priors(of file: any TensorSource) throws -> Priors {
    let boxes = try file.boxes(named: "priors")
    guard file.names.contains("prior_levels") else { return Priors(boxes) }
    return try Priors(
      boxes,
      levels: try file.integers(named: "prior_levels").elements.map { Priors.Level(count: $0) })
  }

  var elements: Int { request.priors.count }
  var bytes: Int? { nil }

  /// By an assigner that hasn't seen the priors before, unlike the next steps of a training.
  func run() throws -> Assignment {
    try kind.assigner.init(kind.parameters).assign(request, workers: workers)
  }

  func summary(of result: Assignment) -> BenchSummary {
    BenchSummary(checksumOf: result.matches.lazy.map { Int($0) })
  }
}

/// Anchors of eight strides in each cell of five levels, as detectors on feature pyramids have them.
struct Pyramid: Sendable {
  /// The height of an image of 1,000 pixels' width that has about 200,000.
  let height: Int
  let strides: [Int]
  let ratios: [Double]

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
