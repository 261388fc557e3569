import LossCore
import LossKernels

/// Complete IoU loss: the distance IoU loss + α v, where v compares the ratios of the sides and α is
/// taken for a constant.
///
/// Zheng et al. 2020. `convention` says whose details it follows:
///
/// - `torchvision`: `complete_box_iou_loss`, which always has 1e-7 for the `eps` of its distance IoU part.
/// - `ultralytics`: `eps` is added to the heights as well, in v and in the areas of both boxes.
/// - `mmdetection`: so it is there, but not to the divisor of α, which counts where IoU is above a half; the
///   loss is kept within 0 … 2. The same box costs 0, where `CIoULoss` may divide 0 by 0.
public struct CIoULoss: BoxPairLoss {
  /// Whose details are followed.
  enum Convention: String, CaseIterable {
    case torchvision, mmdetection, ultralytics
  }

  static let convention = Parameter(
    "convention", .choice, default: Convention.torchvision,
    help: "Whose eps, and whether alpha is 0 up to an IoU of 0.5 and the loss at most 2.")

  public static let declaration = Declaration(
    name: "ciou",
    summary: "Complete IoU loss, on boxes; pulls centres and ratios of sides together.",
    formula: """
      l = 1 - I / (U + eps) + rho^2 / (c^2 + eps) + alpha v
      v = (4 / pi^2) (atan(w_t / h_t) - atan(w / h))^2
      alpha = v / (1 - I / (U + eps) + v + eps), a constant in the gradient
      ultralytics: eps added to h_t and h, in the areas of U too
      mmdetection: eps added to h_t and h in v, none in alpha, which is 0 where I / (U + eps) <= 0.5; l clamped to 0 ... 2
      """,
    source: "Zheng et al. 2020, arXiv:1911.08287; torchvision complete_box_iou_loss, CIoULoss of "
      + "mmdetection, ultralytics' bbox_iou",
    parameters: [BoxOverlap.eps, convention])

  @usableFromInline
  let eps: Double
  /// What is added to heights in v.
  @usableFromInline
  let heightEps: Double
  /// What is added to heights in areas.
  @usableFromInline
  let areaEps: Double
  /// What is added to the divisor of α.
  @usableFromInline
  let alphaEps: Double
  /// The IoU above which α counts.
  @usableFromInline
  let leastIoU: Double
  /// Of the loss.
  @usableFromInline
  let bounds: (least: Double, largest: Double)

  public init(parameters: Parameters) {
    let convention = parameters[Self.convention]
    let isGated = convention == .mmdetection
    eps = parameters[BoxOverlap.eps]
    heightEps = convention == .torchvision ? 0 : eps
    areaEps = convention == .ultralytics ? eps : 0
    alphaEps = isGated ? 1e-30 : eps
    leastIoU = isGated ? 0.5 : -.infinity
    bounds = isGated ? (0, 2) : (-.infinity, .infinity)
  }

  public var holdsPartConstant: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let eps = Value(eps)
    let shared = prediction.intersection(target)
    let union = area(of: prediction) + area(of: target) - shared
    let iou = shared / (union + eps)
    let distance = 1 - iou
    let angle = diagonalAngle(of: target) - diagonalAngle(of: prediction)
    let v = Value(4 / (Double.pi * Double.pi)) * (angle * angle)
    let alpha = Value.select(
      iou > Value(leastIoU), .constant(v / (distance + v + Value(alphaEps))), else: 0)
    let loss = distance + prediction.centerDistance(target, eps: eps) + alpha * v
    return loss.kept(from: bounds.least, to: bounds.largest)
  }

  @inlinable @inline(__always)
  func area<Value: FormulaValue>(of box: FormulaBox<Value>) -> Value {
    box.width * (box.height + Value(areaEps))
  }

  /// The arc tangent of width / height; of a height of 0 as of a very small one, so that the derivative is a
  /// number.
  @inlinable @inline(__always)
  func diagonalAngle<Value: FormulaValue>(of box: FormulaBox<Value>) -> Value {
    .atan(box.width / (box.height + Value(heightEps)).apartFromZero)
  }
}
