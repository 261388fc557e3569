import LossCore
import LossKernels

/// Assigns each prior to the ground truth that it overlaps most, as Faster R-CNN does.
///
/// In this order:
/// 1. A prior takes no part where it reaches past the image by more than `allowed_border` (inside are
///    x1, y1 ≥ −border, x2 < width + border and y2 < height + border), or where it lies in an ignored
///    region (the region covers `ignore_overlap` of its area or more).
/// 2. A prior whose largest IoU is under `negative_iou`, and not under `negative_iou_low`, is
///    background.
/// 3. With `match_low_quality`, the priors that overlap a ground truth most, all of them in a tie,
///    answer for the ground truth that *they* overlap most, if the overlap is `low_quality_iou` or
///    more.
/// 4. A prior with an IoU of `positive_iou` or more answers for the ground truth that it overlaps
///    most; in a tie for the first.
/// 5. With `clobber_positives`, step 2 is done last and wins over step 3.
/// 6. With `low_quality_takes`, step 3 is done after step 4 and otherwise: each ground truth in order takes
///    the priors that overlap it most, from others too, so that the last one keeps them (mmdetection).
///
/// The rest takes no part. In an image without ground truth all priors that step 1 leaves are
/// background.
/// Ground truths are compared with the priors near them only, and no matrix is kept: memory is that of
/// the priors and the ground truths (``bestOverlaps(of:with:closestFrom:on:)``). The last priors' order is
/// kept for calls with the same ones.
public struct MaxIoUAssigner: Assigner {
  /// Name, rule and parameters.
  public static let declaration = Declaration(
    name: "max_iou",
    summary: "Each prior answers for the ground truth that it overlaps most.",
    formula: """
      positive: IoU >= positive_iou, or the best prior of a ground truth (match_low_quality)
      background: negative_iou_low <= IoU < negative_iou
      ignored: the rest, priors past the border, priors in ignored regions
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; anchor_target_layer of py-faster-rcnn, "
      + "Matcher of torchvision, MaxIoUAssigner of mmdetection (ignored regions)",
    parameters: [
      .number("positive_iou", default: 0.7, .between(0, 1), "Least IoU of a positive prior."),
      .number("negative_iou", default: 0.3, .between(0, 1), "Background lies under this IoU."),
      .number(
        "negative_iou_low", default: 0, .between(0, 1),
        "Background has at least this IoU, in an image with ground truth."),
      .boolean(
        "match_low_quality", default: true,
        "Whether the best priors of each ground truth are positive in any case."),
      .number(
        "low_quality_iou", default: 1e-5, .between(0, 1),
        "Least IoU of such a best prior; at 0 a ground truth that overlaps nothing claims every "
          + "prior, as in tf-faster-rcnn and torchvision."),
      .boolean(
        "clobber_positives", default: false,
        "Whether a best prior with an IoU under negative_iou is background after all."),
      .boolean(
        "low_quality_takes", default: false,
        "Whether the best priors of a ground truth answer for it, the last one of several, and not for "
          + "the one that they overlap most."),
      .number(
        "allowed_border", default: .null, .atLeast(0),
        "Pixels by which a prior may reach past the image; null is no limit."),
      .number(
        "ignore_overlap", default: 0.5, .above(0),
        "Share of a prior's area in an ignored region from which on it takes no part."),
      .boolean("legacy_plus_one", default: false, "Whether sides count pixels: x2 - x1 + 1."),
    ])

  private let positiveIoU: Float
  private let negativeIoU: Float
  private let negativeIoULow: Float
  private let matchesLowQuality: Bool
  private let lowQualityIoU: Float
  private let clobbersPositives: Bool
  private let lowQualityTakes: Bool
  private let allowedBorder: Float?
  private let ignoreOverlap: Float
  private let convention: PixelConvention
  private let memory = PriorMemory()

  /// Makes the assigner from checked parameters.
  ///
  /// - Throws: ``ParameterError`` where `negative_iou` is above `positive_iou`, or
  ///   `negative_iou_low` above `negative_iou`.
  public init(parameters: Parameters) throws(ParameterError) {
    positiveIoU = Float(try parameters.number("positive_iou"))
    negativeIoU = Float(try parameters.number("negative_iou"))
    negativeIoULow = Float(try parameters.number("negative_iou_low"))
    matchesLowQuality = try parameters.boolean("match_low_quality")
    lowQualityIoU = Float(try parameters.number("low_quality_iou"))
    clobbersPositives = try parameters.boolean("clobber_positives")
    lowQualityTakes = try parameters.boolean("low_quality_takes")
    allowedBorder = try parameters.optionalNumber("allowed_border").map { Float($0) }
    ignoreOverlap = Float(try parameters.number("ignore_overlap"))
    convention = try parameters.boolean("legacy_plus_one") ? .inclusive : .continuous
    guard negativeIoU <= positiveIoU else {
      throw ParameterError(
        "negative_iou", "is \(negativeIoU), above positive_iou, \(positiveIoU)")
    }
    guard negativeIoULow <= negativeIoU else {
      throw ParameterError(
        "negative_iou_low", "is \(negativeIoULow), above negative_iou, \(negativeIoU)")
    }
  }

  /// Assigns the priors of one image.
  public func assign(
    _ priors: [Box], to groundTruth: GroundTruth, imageSize: ImageSize, workers: Workers = .standard
  ) throws(InputError) -> Assignment {
    let candidates = workers.map(below: priors.count, inBlocksOf: 4096) { index -> SIMD4<Float>? in
      let prior = priors[index]
      let takesPart =
        isInside(prior, imageSize)
        && !groundTruth.ignoredRegions.contains { region in
          let shared = region.intersection(prior, convention)
          return shared > 0 && shared >= ignoreOverlap * prior.area(convention)
        }
      return takesPart ? prior.corners : nil
    }
    guard !groundTruth.boxes.isEmpty else {
      return Assignment(
        matches: candidates.map { $0 != nil ? Assignment.background : Assignment.ignored })
    }
    let groups = memory.groups(
      of: candidates, over: SIMD4(0, 0, Float(imageSize.width), Float(imageSize.height)),
      extent: convention.extent, on: workers)
    let matches = bestOverlaps(
      of: groups, with: groundTruth.boxes.map(\.corners),
      closestFrom: matchesLowQuality ? lowQualityIoU : nil, on: workers)
    return Assignment(
      matches: workers.map(below: priors.count, inBlocksOf: 4096) { prior in
        guard let match = matches[prior] else { return Assignment.ignored }
        let isBackground = match.overlap < negativeIoU && match.overlap >= negativeIoULow
        let isTaken = match.closestTo >= 0 && !(clobbersPositives && isBackground)
        if isTaken, lowQualityTakes { return match.closestTo }
        if isTaken || match.overlap >= positiveIoU { return match.groundTruth }
        return isBackground ? Assignment.background : Assignment.ignored
      })
  }

  private func isInside(_ prior: Box, _ size: ImageSize) -> Bool {
    guard let border = allowedBorder else { return true }
    return prior.x1 >= -border && prior.y1 >= -border
      && prior.x2 < Float(size.width) + border && prior.y2 < Float(size.height) + border
  }
}
