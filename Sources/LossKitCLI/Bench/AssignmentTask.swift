import LossKit

/// Assigns the anchors of a five-level pyramid to the objects of an image.
struct AssignmentTask: BenchTask {
  private let parameters: [String: ParameterValue]
  private let priors: Priors
  private let groundTruth: GroundTruth
  private let size: ImageSize
  private let workers: Workers

  /// Takes `priors` and `gt_boxes` from `file`.
  init(
    _ parameters: [String: ParameterValue], priors: Int, groundTruths: Int,
    inputs file: (any TensorSource)?, workers: Workers
  ) throws {
    self.workers = workers
    self.parameters = parameters
    // 800 × 1,000 pixels have 199,974 anchors.
    let side = (Double(priors) / 200_000).squareRoot()
    size = ImageSize(height: max(1, Int(800 * side)), width: max(1, Int(1000 * side)))
    self.priors =
      try file.map { Priors(try $0.boxes(named: "priors")) } ?? pyramidAnchors(over: size)
    groundTruth = GroundTruth(
      boxes: try file?.boxes(named: "gt_boxes")
        ?? RandomBoxes(seed: 0).objects(groundTruths, in: size),
      labels: [])
  }

  var elements: Int { priors.count }
  var bytes: Int? { nil }

  /// By an assigner that hasn't seen the priors before, unlike the next steps of a training.
  func run() throws -> Assignment {
    try MaxIoUAssigner(parameters).assign(
      AssignmentRequest(priors: priors, groundTruth: groundTruth, imageSize: size), workers: workers
    )
  }

  func summary(of result: Assignment) -> BenchSummary {
    BenchSummary(checksumOf: result.matches.lazy.map { Int($0) })
  }
}

/// Three anchors of one size in each cell of five levels, as detectors on feature pyramids have them.
private func pyramidAnchors(over size: ImageSize) throws -> Priors {
  let strides = [4, 8, 16, 32, 64]
  let grid = try CenteredAnchorGrid([
    "sizes": .list(strides.map { [.integer(8 * $0)] }),
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
