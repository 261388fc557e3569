import LossCore
import LossKernels

/// Assigns priors by their overlap as `max_iou` does, but with positives only in the cells that centres of ground
/// truths lie in.
///
/// In this order:
/// 1. Priors in ignored regions are ignored. Of the others are background those whose largest IoU is
///    `negative_iou` or less.
/// 2. A prior is responsible if the centre of a ground truth lies in its cell: both centres, divided by the
///    stride of the prior's level and rounded down, are the same. One with an IoU above `positive_iou` is matched
///    to the ground truth that it overlaps most; in a tie to the first.
/// 3. Each ground truth in order takes the responsible priors that overlap it most, all of them in a tie and from
///    others too, if the IoU is above `low_quality_iou`.
///
/// The rest is ignored. In an image without ground truth all is background.
public struct GridAssigner: Assigner {
  static let positiveIoU = Parameter(
    "positive_iou", .number(.between(0, 1)), default: 0.5,
    help: "A positive prior has an IoU above this.")
  static let negativeIoU = Parameter(
    "negative_iou", .number(.between(0, 1)), default: 0.5, help: "Largest IoU of background.")
  static let lowQualityIoU = Parameter(
    "low_quality_iou", .number(.between(0, 1)), default: 0,
    help: "The best priors of a ground truth have an IoU above this.")

  public static let declaration = Declaration(
    name: "grid",
    summary: "Priors are matched by overlap, in the cells that objects have their centres in.",
    formula: """
      positive: in the cell of a centre, and IoU > positive_iou or the best there of a ground truth
      background: IoU <= negative_iou; ignored: the rest, priors in ignored regions
      """,
    source: "Redmon and Farhadi 2018, arXiv:1804.02767; GridAssigner of mmdetection",
    parameters: [positiveIoU, negativeIoU, lowQualityIoU, Assigners.ignoreOverlap])

  private let positiveIoU: Float
  private let negativeIoU: Float
  private let lowQualityIoU: Float
  private let ignoreOverlap: Float
  private let memory = PriorMemory()

  public init(parameters: Parameters) {
    positiveIoU = Float(parameters[Self.positiveIoU])
    negativeIoU = Float(parameters[Self.negativeIoU])
    lowQualityIoU = Float(parameters[Self.lowQualityIoU])
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> { [.strides] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors
    let groundTruth = request.groundTruth
    let candidates = workers.map(below: priors.count, inBlocksOf: 4096) { prior in
      groundTruth.ignores(priors.boxes[prior], from: ignoreOverlap)
        ? nil : priors.boxes[prior].corners
    }
    guard !groundTruth.boxes.isEmpty else {
      return Assignment(
        matches: candidates.map { $0 == nil ? Assignment.ignored : Assignment.background })
    }
    var responsible = [SIMD4<Float>?](repeating: nil, count: priors.count)
    let strides = try priors.levelStrides(for: Self.declaration.name)
    for (stride, range) in zip(strides, priors.ranges) {
      let cells = Set(groundTruth.boxes.map { $0.cell(stride: Float(stride)) })
      for prior in range where cells.contains(priors.boxes[prior].cell(stride: Float(stride))) {
        responsible[prior] = candidates[prior]
      }
    }
    let area = SIMD4(0, 0, Float(request.imageSize.width), Float(request.imageSize.height))
    let objects = groundTruth.boxes.map(\.corners)
    let overlaps = bestOverlaps(
      of: memory.groups(of: candidates, over: area, extent: 0, on: workers), with: objects,
      closestFrom: nil, on: workers)
    let best = bestOverlaps(
      of: GroupedPriors(responsible, over: area, extent: 0, on: workers), with: objects,
      closestFrom: lowQualityIoU.nextUp, on: workers)
    return Assignment(
      matches: priors.boxes.indices.map { prior in
        guard let overlap = overlaps[prior]?.overlap else { return Assignment.ignored }
        if let best = best[prior] {
          if best.closestTo >= 0 { return best.closestTo }
          if best.overlap > positiveIoU { return best.groundTruth }
        }
        return overlap <= negativeIoU ? Assignment.background : Assignment.ignored
      })
  }
}

extension Box {
  /// The column and the row of the cell that the centre lies in.
  fileprivate func cell(stride: Float) -> SIMD2<Float> { (middle / stride).rounded(.down) }
}
