import LossCore
import LossKernels

/// Assigns to each ground truth the priors in its core, and ignores those in its shadow.
///
/// 1. The core of a ground truth is its box, shrunk around its centre by `positive_scale`; its shadow is the box
///    shrunk by `shadow_scale`. A prior lies in either if more than `min_cover` of its area does, and in the core
///    only if its centre lies within the box.
/// 2. A prior in cores is matched to the ground truth of the smallest area; in a tie to the first.
/// 3. A prior that lies in the shadow of a ground truth, or in a core that isn't that of its match, is shadowed: it is
///    ignored if it has no match, and without `foreground_dominates` also where the shadow is of the class that it is
///    matched to.
/// 4. A prior whose centre lies within an ignored region, shrunk by `ignored_scale`, is ignored.
///
/// The rest is background. mmdetection's FSAF leaves out of a shadowed prior the column of the shadow's class alone; a
/// match says so of a prior as a whole.
public struct CenterRegionAssigner: Assigner {
  static let positiveScale = Parameter(
    "positive_scale", .number(.between(0, 1)), default: 0.2,
    help: "Sides of a core, in sides of the box.")
  static let shadowScale = Parameter(
    "shadow_scale", .number(.between(0, 1)), default: 0.2,
    help: "Sides of a shadow, in sides of the box.")
  static let minCover = Parameter(
    "min_cover", .number(.between(0, 1)), default: 0.01,
    help: "Share of a prior's area beyond which it lies in a core or a shadow.")
  static let ignoredScale = Parameter(
    "ignored_scale", .number(.between(0, 1)), default: 0.5,
    help: "Sides of what an ignored region ignores, in sides of the region.")
  static let foregroundDominates = Parameter(
    "foreground_dominates", .boolean, default: false,
    help: "Whether a match stands in the shadow of another ground truth of its class.")

  public static let declaration = Declaration(
    name: "center_region",
    summary: "Each ground truth takes the priors in its core; those in shadows are ignored.",
    formula: """
      core: centre within the box, IoF with the box shrunk by positive_scale > min_cover
      shadow: IoF with the box shrunk by shadow_scale > min_cover, or a core that another box has
      positive: in a core, that of the smallest box; ignored: in a shadow; background: the rest
      """,
    source: "Zhu et al. 2019, arXiv:1903.00621; CenterRegionAssigner of mmdetection",
    parameters: [positiveScale, shadowScale, minCover, ignoredScale, foregroundDominates])

  private let positiveScale: Float
  private let shadowScale: Float
  private let minCover: Float
  private let ignoredScale: Float
  private let foregroundDominates: Bool

  public init(parameters: Parameters) {
    positiveScale = Float(parameters[Self.positiveScale])
    shadowScale = Float(parameters[Self.shadowScale])
    minCover = Float(parameters[Self.minCover])
    ignoredScale = Float(parameters[Self.ignoredScale])
    foregroundDominates = parameters[Self.foregroundDominates]
  }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors.boxes
    let (boxes, labels) = (request.groundTruth.boxes, request.groundTruth.labels)
    let regions = request.groundTruth.ignoredRegions.map { shrunk($0, by: ignoredScale) }
    let cores = boxes.map { shrunk($0, by: positiveScale) }
    let shadows = boxes.map { shrunk($0, by: shadowScale) }
    let areas = boxes.map { $0.area() }
    // The smallest first; those of one area in order.
    let objects = boxes.indices.sorted { (areas[$0], $0) < (areas[$1], $1) }
    let matches = workers.map(below: priors.count, inBlocksOf: 1024) { index in
      let prior = priors[index]
      if regions.contains(where: { holds($0, prior) }) { return Assignment.ignored }
      func isInCore(_ object: Int) -> Bool {
        holds(boxes[object], prior) && covers(cores[object], prior)
      }
      let match = objects.first(where: isInCore)
      if let match, foregroundDominates { return Int32(match) }
      let isShadowed = objects.contains { object in
        object != match && (match.map { labels[$0] == labels[object] } ?? true)
          && (covers(shadows[object], prior) || isInCore(object))
      }
      return isShadowed ? Assignment.ignored : match.map { Int32($0) } ?? Assignment.background
    }
    return Assignment(matches: matches)
  }

  /// A box around the same centre, with sides `scale` times as long.
  private func shrunk(_ box: Box, by scale: Float) -> Box {
    let (x, y) = ((box.x2 + box.x1) * 0.5, (box.y2 + box.y1) * 0.5)
    let (width, height) = (box.width() * 0.5 * scale, box.height() * 0.5 * scale)
    return Box(x - width, y - height, x + width, y + height)
  }

  /// Whether the centre of a prior lies within a box.
  private func holds(_ box: Box, _ prior: Box) -> Bool {
    let (x, y) = ((prior.x2 + prior.x1) / 2, (prior.y2 + prior.y1) / 2)
    return x > box.x1 && x < box.x2 && y > box.y1 && y < box.y2
  }

  /// Whether enough of a prior lies in a box.
  private func covers(_ box: Box, _ prior: Box) -> Bool {
    prior.intersection(box, .continuous) / max(prior.area(), 1e-6) > minCover
  }
}
