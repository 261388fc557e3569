import LossCore
import LossKernels

/// Assigns to each ground truth the priors that cost least, as many as their overlaps tell.
///
/// 1. Candidates are the priors whose centre lies inside of a ground truth, or less than `center_radius`
///    strides from its centre along each axis. With the region `center` only the latter.
/// 2. The cost of a candidate with a ground truth is the cross-entropy of its class probabilities, times
///    `class_weight`, and −log(IoU + `eps`) of its predicted box, times `iou_weight`; and `outside_cost` more
///    unless it lies in that ground truth and near its centre, or with the region `center` near its centre.
///    Logarithms of probabilities are −100 at least.
/// 3. Each ground truth takes the k candidates that cost least, in a tie the first: k is the sum of its `top_k`
///    largest IoUs, rounded down, and at least 1. They may be candidates by other ground truths.
/// 4. A prior that several took is matched to the ground truth that it costs least with, be it one that didn't
///    take it; in a tie to the first.
///
/// The rest is background. Priors in ignored regions are ignored, and no candidates. The quality of a match is
/// its IoU. With the default `outside_cost` single precision tells costs of priors outside by 1/128 apart.
public struct SimOTAAssigner: Assigner {
  /// Where a prior must lie.
  enum Region: String, CaseIterable, Sendable {
    case boxAndCenter = "box_and_center"
    case center
  }

  static let topK = Parameter(
    "top_k", .integer(.between(1, 1000)), default: 10,
    help: "IoUs that are added up to say how many priors a ground truth takes.")
  static let region = Parameter(
    "region", .choice, default: Region.boxAndCenter,
    help: "Whether a prior should lie in the box too, or near its centre alone, as YOLOX has it.")
  static let centerRadius = Parameter(
    "center_radius", .number(.above(0)), default: 2.5,
    help: "Strides that are near a centre: 1.5 in YOLOX.")
  static let classWeight = Parameter(
    "class_weight", .number(.atLeast(0)), default: 1, help: "Weight of the cost of the classes.")
  static let iouWeight = Parameter(
    "iou_weight", .number(.atLeast(0)), default: 3, help: "Weight of the cost of the IoU.")
  static let outsideCost = Parameter(
    "outside_cost", .number(.atLeast(0)), default: 1e5,
    help: "Added for a prior outside: 1e6 in YOLOX.")
  static let eps = Parameter(
    "eps", .number(.above(0)), default: 1e-7,
    help: "Added to IoUs before their logarithm: 1e-8 in YOLOX.")
  static let objectness = Parameter(
    "objectness", .boolean, default: true,
    help:
      "Whether a probability is the root of the class's times that of an object, else the class's.")

  public static let declaration = Declaration(
    name: "sim_ota",
    summary: "Each ground truth takes the priors of least cost, as many as their overlaps tell.",
    formula: """
      cost = class_weight BCE(p, class) - iou_weight log(IoU + eps) + outside_cost [outside]
      p = sqrt(score objectness), or score
      positive: the max(1, floor(sum of the top_k IoUs)) of least cost; background: the rest
      quality = IoU of the match
      """,
    source: "Ge et al. 2021, arXiv:2107.08430; SimOTAAssigner of mmdetection, YOLOX",
    parameters: [
      topK, region, centerRadius, classWeight, iouWeight, outsideCost, eps, objectness,
      Assigners.ignoreOverlap,
    ])

  private let cost: Cost
  private let ignoreOverlap: Float

  public init(parameters: Parameters) {
    cost = Cost(
      topK: parameters[Self.topK], overlapWeight: Float(parameters[Self.iouWeight]),
      overlapEps: Float(parameters[Self.eps]), readsObjectness: parameters[Self.objectness],
      region: parameters[Self.region], centerRadius: Float(parameters[Self.centerRadius]),
      outsideCost: Float(parameters[Self.outsideCost]),
      classWeight: parameters[Self.classWeight])
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> {
    cost.readsObjectness ? [.strides, .scores, .objectness, .boxes] : [.strides, .scores, .boxes]
  }
  public var gives: Set<StageInput> { [.quality] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    try DynamicMatching.assign(
      request, ignoreOverlap: ignoreOverlap, assigner: Self.declaration.name, cost: cost,
      on: workers)
  }

  private struct Cost: DynamicCost {
    let topK: Int
    let overlapWeight: Float
    let overlapEps: Float
    let readsObjectness: Bool
    let region: Region
    let centerRadius: Float
    let outsideCost: Float
    let classWeight: Double

    func admits(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Bool {
      isNearCenter(point, stride, box) || (region == .boxAndCenter && box.holds(point, by: 0))
    }

    func placeCost(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Float {
      let isInside =
        isNearCenter(point, stride, box) && (region == .center || box.holds(point, by: 0))
      return isInside ? 0 : outsideCost
    }

    private func isNearCenter(_ point: SIMD2<Float>, _ stride: Float, _ box: Box) -> Bool {
      let (center, reach) = (box.middle, centerRadius * stride)
      return Box(center.x - reach, center.y - reach, center.x + reach, center.y + reach)
        .holds(point, by: 0)
    }

    @inline(__always)
    func otherCost<Value: FormulaValue>(_ probability: Value) -> Value {
      Value(classWeight) * .min(100, -.log1p(-probability))
    }

    func ownCost(_ probability: Float, overlap: Float) -> Float {
      Float(classWeight) * min(100, -Float.log(probability))
    }
  }
}
