import LossCore
import LossKernels

/// Assigns each prior to the ground truth that it overlaps most, as Faster R-CNN does.
///
/// In this order:
/// 1. A prior is ignored if it reaches past the image by more than `allowed_border` (inside are
///    x1, y1 ≥ −border, x2 < width + border and y2 < height + border), or if it lies in an ignored
///    region (the region covers `ignore_overlap` of its area or more; in mmdetection, more).
/// 2. A prior whose largest IoU is under `negative_iou`, and not under `negative_iou_low`, is
///    background.
/// 3. With `match_low_quality`, the priors that overlap a ground truth most, all of them in a tie,
///    are matched to the ground truth that *they* overlap most, if the overlap is `low_quality_iou` or
///    more.
/// 4. A prior with an IoU of `positive_iou` or more is matched to the ground truth that it overlaps
///    most; in a tie for the first.
/// 5. With `clobber_positives`, step 2 is done last and wins over step 3.
/// 6. With `low_quality_takes`, step 3 is done after step 4 and otherwise: each ground truth in order takes
///    the priors that overlap it most, from others too, so that the last one keeps them (mmdetection).
/// 7. Without `low_quality_ties`, of the priors that overlap a ground truth most the first alone counts in
///    steps 3 and 6, as in SSD.
///
/// The rest is ignored. In an image without ground truth all priors that step 1 leaves are
/// background.
/// Ground truths are compared with the priors near them only, and no matrix is kept: memory is that of
/// the priors and the ground truths (``bestOverlaps(of:with:closestFrom:on:)``). The last priors' order is
/// kept for calls with the same ones.
public struct MaxIoUAssigner: Assigner {
  static let positiveIoU = Parameter(
    "positive_iou", .number(.between(0, 1)), default: 0.7, help: "Least IoU of a positive prior.")
  static let negativeIoU = Parameter(
    "negative_iou", .number(.between(0, 1)), default: 0.3, help: "Background lies under this IoU.")
  static let negativeIoULow = Parameter(
    "negative_iou_low", .number(.between(0, 1)), default: 0,
    help: "Background has at least this IoU, in an image with ground truth.")
  static let matchesLowQuality = Parameter(
    "match_low_quality", .boolean, default: true,
    help: "Whether the best priors of each ground truth are positive in any case.")
  static let lowQualityIoU = Parameter(
    "low_quality_iou", .number(.between(0, 1)), default: 1e-5,
    help: "Least IoU of such a best prior; at 0 a ground truth that overlaps nothing claims every "
      + "prior, as in tf-faster-rcnn and torchvision.")
  static let clobbersPositives = Parameter(
    "clobber_positives", .boolean, default: false,
    help: "Whether a best prior with an IoU under negative_iou is background after all.")
  static let lowQualityTakes = Parameter(
    "low_quality_takes", .boolean, default: false,
    help:
      "Whether the best priors of a ground truth are matched to it, the last one of several, and "
      + "not to the one that they overlap most.")
  static let lowQualityTies = Parameter(
    "low_quality_ties", .boolean, default: true,
    help: "Whether all best priors of a ground truth count where they tie, else the first alone.")
  static let allowedBorder = Parameter(
    "allowed_border", .number(.atLeast(0)), default: nil,
    help: "Pixels by which a prior may reach past the image; null is no limit.")

  public static let declaration = Declaration(
    name: "max_iou",
    summary: "Each prior is matched to the ground truth that it overlaps most.",
    formula: """
      positive: IoU >= positive_iou, or the best prior of a ground truth (match_low_quality)
      background: negative_iou_low <= IoU < negative_iou
      ignored: the rest, priors past the border, priors in ignored regions
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; anchor_target_layer of py-faster-rcnn, "
      + "Matcher of torchvision, MaxIoUAssigner of mmdetection (ignored regions)",
    parameters: [
      positiveIoU, negativeIoU, negativeIoULow, matchesLowQuality, lowQualityIoU, clobbersPositives,
      lowQualityTakes, lowQualityTies, allowedBorder, Assigners.ignoreOverlap,
      PixelConvention.parameter,
    ])

  private let positiveIoU: Float
  private let negativeIoU: Float
  private let negativeIoULow: Float
  private let matchesLowQuality: Bool
  private let lowQualityIoU: Float
  private let clobbersPositives: Bool
  private let lowQualityTakes: Bool
  private let lowQualityTies: Bool
  private let allowedBorder: Float?
  private let ignoreOverlap: Float
  private let convention: PixelConvention
  private let memory = PriorMemory()

  /// - Throws: ``ParameterError`` if `negative_iou` is above `positive_iou`, or
  ///   `negative_iou_low` above `negative_iou`.
  public init(parameters: Parameters) throws(ParameterError) {
    positiveIoU = Float(parameters[Self.positiveIoU])
    negativeIoU = Float(parameters[Self.negativeIoU])
    negativeIoULow = Float(parameters[Self.negativeIoULow])
    matchesLowQuality = parameters[Self.matchesLowQuality]
    lowQualityIoU = Float(parameters[Self.lowQualityIoU])
    clobbersPositives = parameters[Self.clobbersPositives]
    lowQualityTakes = parameters[Self.lowQualityTakes]
    lowQualityTies = parameters[Self.lowQualityTies]
    allowedBorder = parameters[Self.allowedBorder].map { Float($0) }
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
    convention = PixelConvention(parameters)
    guard negativeIoU <= positiveIoU else {
      throw ParameterError(
        "negative_iou", "is \(negativeIoU), above positive_iou, \(positiveIoU)")
    }
    guard negativeIoULow <= negativeIoU else {
      throw ParameterError(
        "negative_iou_low", "is \(negativeIoULow), above negative_iou, \(negativeIoU)")
    }
  }

  public var gives: Set<StageInput> { [.overlaps] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors.boxes
    let imageSize = request.imageSize
    let groundTruth = request.groundTruth
    let candidates = workers.map(below: priors.count, inBlocksOf: 4096) { index -> SIMD4<Float>? in
      let prior = priors[index]
      let isCandidate =
        isInside(prior, imageSize)
        && !groundTruth.ignores(prior, from: ignoreOverlap, convention)
      return isCandidate ? prior.corners : nil
    }
    guard !groundTruth.boxes.isEmpty else {
      return Assignment(
        matches: candidates.map { $0 != nil ? Assignment.background : Assignment.ignored },
        overlaps: request.wants.contains(.overlaps) ? priors.map { _ in 0 } : [])
    }
    let groups = memory.groups(
      of: candidates, over: SIMD4(0, 0, Float(imageSize.width), Float(imageSize.height)),
      extent: convention.extent, on: workers)
    let matches = bestOverlaps(
      of: groups, with: groundTruth.boxes.map(\.corners),
      closestFrom: matchesLowQuality ? lowQualityIoU : nil, on: workers)
    let firstClosest =
      lowQualityTies ? nil : self.firstClosest(matches, priors, groundTruth.boxes)
    return Assignment(
      matches: workers.map(below: priors.count, inBlocksOf: 4096) { prior in
        guard let match = matches[prior] else { return Assignment.ignored }
        let isBackground = match.overlap < negativeIoU && match.overlap >= negativeIoULow
        let closestTo = firstClosest?[prior] ?? match.closestTo
        let isTaken = closestTo >= 0 && !(clobbersPositives && isBackground)
        if isTaken, lowQualityTakes { return closestTo }
        if isTaken || match.overlap >= positiveIoU { return match.groundTruth }
        return isBackground ? Assignment.background : Assignment.ignored
      },
      overlaps: request.wants.contains(.overlaps)
        ? priors.indices.map { matches[$0]?.overlap ?? 0 } : [])
  }

  /// For each prior the last ground truth of whose closest priors it is the first; −1 if there is none.
  private func firstClosest(
    _ matches: [BestOverlap?], _ priors: [Box], _ objects: [Box]
  ) -> [Int32] {
    var result = [Int32](repeating: -1, count: matches.count)
    let closestTo = matches.map { $0?.closestTo ?? -1 }
    let candidates = closestTo.indices.filter { closestTo[$0] >= 0 }
    for (index, object) in objects.enumerated() {
      var (first, best) = (0, -Float.infinity)
      // A prior that is as close to a later ground truth may be the first of this one too.
      for prior in candidates where closestTo[prior] >= index {
        let overlap = max(0, priors[prior].iou(object, convention))
        if overlap > best { (first, best) = (prior, overlap) }
      }
      if best >= lowQualityIoU { result[first] = Int32(index) }
    }
    return result
  }

  private func isInside(_ prior: Box, _ size: ImageSize) -> Bool {
    guard let border = allowedBorder else { return true }
    return prior.x1 >= -border && prior.y1 >= -border
      && prior.x2 < Float(size.width) + border && prior.y2 < Float(size.height) + border
  }
}

/// The priors of the last call in their groups, for the next call to use if it has the same ones.
final class PriorMemory: Sendable {
  private let last = Lock<Kept?>(nil)

  /// A reference, which is written at once.
  private final class Kept: Sendable {
    let groups: GroupedPriors

    init(_ groups: GroupedPriors) { self.groups = groups }
  }

  /// The boxes in groups.
  func groups(
    of boxes: [SIMD4<Float>?], over area: SIMD4<Float>, extent: Float, on workers: Workers
  ) -> GroupedPriors {
    if let last = last.withLock({ $0 })?.groups, last.boxes == boxes { return last }
    let kept = Kept(GroupedPriors(boxes, over: area, extent: extent, on: workers))
    last.withLock { $0 = kept }
    return kept.groups
  }
}
