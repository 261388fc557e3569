import LossCore
import LossKernels

/// Assigns to each ground truth the priors that cost least, as many as their overlaps tell; a class should have
/// the overlap for a probability.
///
/// 1. Candidates are the priors whose centre lies inside of a ground truth.
/// 2. The cost of a candidate with a ground truth is the quality focal loss of its class probabilities, with the
///    IoU of its predicted box in place of 1, −log(IoU + 1e-7) times `iou_weight`, and
///    10^(distance of the centres in strides − `center_radius`). Probabilities are taken for 2⁻¹²⁶ at least,
///    and for 1 − 2⁻²⁴ at most.
/// 3. Each ground truth takes the k candidates that cost least, in a tie the first: k is the sum of its `top_k`
///    largest IoUs, rounded down, and at least 1. They may be candidates by other ground truths. A candidate so
///    far away that single precision can't hold its cost, about 41 strides, isn't taken.
/// 4. A prior that several took is matched to the ground truth that it costs least with, be it one that didn't
///    take it; in a tie to the first.
///
/// The rest is background. Priors in ignored regions are ignored, and no candidates. The quality of a match is
/// its IoU.
public struct DynamicSoftLabelAssigner: Assigner {
  static let topK = Parameter(
    "top_k", .integer(.between(1, 1000)), default: 13,
    help: "IoUs that are added up to say how many priors a ground truth takes.")
  static let centerRadius = Parameter(
    "center_radius", .number(.atLeast(0)), default: 3,
    help: "Strides from a centre at which a prior's place costs 1.")
  static let iouWeight = Parameter(
    "iou_weight", .number(.atLeast(0)), default: 3, help: "Weight of the cost of the IoU.")

  public static let declaration = Declaration(
    name: "dynamic_soft_label",
    summary: "Each ground truth takes the priors of least cost, with its overlap as a soft label.",
    formula: """
      cost = sum of BCE(p, t) (t - p)^2 - iou_weight log(IoU + 1e-7) + 10^(distance / stride - center_radius)
      t: the IoU for the class of the ground truth, 0 for others
      p: at most 1 - 2^-24; mmdetection reads logits, and may match otherwise where some are above 14
      positive: the max(1, floor(sum of the top_k IoUs)) of least cost; background: the rest
      quality = IoU of the match
      """,
    source: "Lyu et al. 2022, arXiv:2212.07784; DynamicSoftLabelAssigner of mmdetection",
    parameters: [topK, centerRadius, iouWeight, Assigners.ignoreOverlap])

  private let cost: Cost
  private let ignoreOverlap: Float

  public init(parameters: Parameters) {
    cost = Cost(
      topK: parameters[Self.topK], overlapWeight: Float(parameters[Self.iouWeight]),
      centerRadius: Float(parameters[Self.centerRadius]))
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> { [.strides, .scores, .boxes] }
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
    let centerRadius: Float

    var overlapEps: Float { 1e-7 }
    var readsObjectness: Bool { false }

    func admits(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Bool {
      box.holds(point, by: 0)
    }

    func placeCost(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Float {
      let apart = point - box.middle
      let distance = (apart.x * apart.x + apart.y * apart.y).squareRoot()
      return Float.pow(10, distance / stride - centerRadius)
    }

    @inline(__always)
    func otherCost<Value: FormulaValue>(_ probability: Value) -> Value {
      minusLogOfRest(probability) * (probability * probability)
    }

    func ownCost(_ probability: Float, overlap: Float) -> Float {
      let minusLog = -Float.log(max(probability, Float.leastNormalMagnitude))
      let error = overlap - probability
      return (overlap * minusLog + (1 - overlap) * minusLogOfRest(probability)) * (error * error)
    }

    /// −log(1 − p).
    @inline(__always)
    private func minusLogOfRest<Value: FormulaValue>(_ probability: Value) -> Value {
      -.log1p(-.min(probability, 0x1.fffffep-1))
    }
  }
}
