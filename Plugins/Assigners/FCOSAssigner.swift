import LossCore
import LossKernels

/// Assigns each prior to the smallest ground truth that its centre lies in and its level is for, as FCOS
/// does.
///
/// A prior of stride s is matched to a ground truth if, with the distances l, t, r, b from the prior's
/// centre to the sides of the box,
/// 1. the centre lies inside: l, t, r and b are above 0;
/// 2. with `center_radius`, it is less than that many strides from the centre of the box, along each axis;
/// 3. the largest distance is in the range of the level: from `range` strides of the level before, the
///    first from 0, to `range` strides of its own, the last without end.
///
/// Of several it is matched to the one of least area; in a tie to the first. The others are background,
/// but for those in ignored regions, which are ignored.
public struct FCOSAssigner: Assigner {
  static let centerRadius = Parameter(
    "center_radius", .number(.above(0)), default: nil,
    help: "Strides around the centre of a box in which priors are positive; null is the whole box.")
  static let range = Parameter(
    "range", .number(.above(0)), default: 8,
    help: "Largest distance from a prior to a side that a level is for, in its strides.")
  static let includesEnds = Parameter(
    "include_ends", .boolean, default: true,
    help: "Whether a distance at an end of the range is in it; torchvision's isn't.")
  static let roundsAreas = Parameter(
    "round_areas", .boolean, default: false,
    help:
      "Whether areas are compared as 1e8 - area in single precision, where those within 8 square "
      + "pixels tie, as torchvision does.")

  public static let declaration = Declaration(
    name: "fcos",
    summary: "Each prior is matched to the smallest ground truth around it that suits its level.",
    formula: """
      positive: centre inside the box, and less than center_radius strides from its centre,
        and the level's range holds max(l, t, r, b): the least area of those
      range of level i: from range * stride of level i - 1, or 0, to range * stride, or without end
      background: the rest; ignored: priors in ignored regions
      """,
    source: "Tian et al. 2019, arXiv:1904.01355; FCOSHead of mmdetection, FCOS of torchvision",
    parameters: [centerRadius, range, includesEnds, roundsAreas, Assigners.ignoreOverlap])

  private let centerRadius: Float?
  private let range: Float
  private let includesEnds: Bool
  private let roundsAreas: Bool
  private let ignoreOverlap: Float

  public init(parameters: Parameters) {
    centerRadius = parameters[Self.centerRadius].map { Float($0) }
    range = Float(parameters[Self.range])
    includesEnds = parameters[Self.includesEnds]
    roundsAreas = parameters[Self.roundsAreas]
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> { [.strides] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors
    let groundTruth = request.groundTruth
    let levels = try levels(of: priors)
    // Least first: the first that fits is the one.
    let objects = ordered(groundTruth.boxes)
    var matches: [Int32] = []
    matches.reserveCapacity(priors.count)
    for (level, indices) in zip(levels, priors.ranges) {
      matches += workers.map(below: indices.count, inBlocksOf: 1024) { index in
        let prior = priors.boxes[indices.lowerBound + index]
        if groundTruth.ignores(prior, from: ignoreOverlap) { return Assignment.ignored }
        let match = objects.first { isPositive(prior, groundTruth.boxes[Int($0)], level) }
        return match ?? Assignment.background
      }
    }
    return Assignment(matches: matches)
  }

  /// What a level is for.
  private struct Level: Sendable {
    let stride: Float
    let least: Float
    let largest: Float
  }

  private func levels(of priors: Priors) throws(InputError) -> [Level] {
    var levels: [Level] = []
    for level in priors.levels {
      guard let stride = level.stride.map({ Float($0) }) else {
        throw InputError("priors", "lie on no feature map; fcos reads the strides of their levels")
      }
      if let last = levels.last, stride <= last.stride {
        throw InputError(
          "priors",
          "have levels of strides \(last.stride) and \(stride); of fcos each level is for larger objects, so "
            + "that strides have to rise")
      }
      levels.append(
        Level(
          stride: stride, least: levels.last?.largest ?? 0,
          largest: levels.count == priors.levels.count - 1 ? .infinity : range * stride))
    }
    return levels
  }

  /// The ground truths, the smallest first; those of one area in order.
  private func ordered(_ boxes: [Box]) -> [Int32] {
    let areas = boxes.map { roundsAreas ? -(1e8 - $0.area()) : $0.area() }
    return boxes.indices.sorted { (areas[$0], $0) < (areas[$1], $1) }.map { Int32($0) }
  }

  private func isPositive(_ prior: Box, _ box: Box, _ level: Level) -> Bool {
    let x = (prior.x1 + prior.x2) / 2
    let y = (prior.y1 + prior.y2) / 2
    let (left, top, right, bottom) = (x - box.x1, y - box.y1, box.x2 - x, box.y2 - y)
    guard left > 0, top > 0, right > 0, bottom > 0 else { return false }
    if let centerRadius {
      let distance = max(abs(x - (box.x1 + box.x2) / 2), abs(y - (box.y1 + box.y2) / 2))
      guard distance < centerRadius * level.stride else { return false }
    }
    let largest = max(left, top, right, bottom)
    return includesEnds
      ? level.least <= largest && largest <= level.largest
      : level.least < largest && largest < level.largest
  }
}
