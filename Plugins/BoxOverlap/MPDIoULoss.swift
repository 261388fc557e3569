import LossCore
import LossKernels

/// Minimum point distance IoU loss: 1 − IoU + (d₁² + d₂²) / D², with the distances of the left upper and of the
/// right lower corners, and the diagonal D of the image.
///
/// Ma and Xu 2023.
public struct MPDIoULoss: BoxPairLoss {
  static let imageSize = Parameter(
    "image_size", .list(of: .number(.atLeast(1e-6)), count: 2), default: [640, 640],
    help: "Width and height of the network's input, in pixels.")

  public static let declaration = Declaration(
    name: "mpdiou",
    summary: "IoU loss with the distances of two corners, on boxes.",
    formula: """
      l = 1 - I / (U + eps) + (d_1^2 + d_2^2) / (W^2 + H^2)
      d_1, d_2: distances of the left upper and of the right lower corners; W, H: image_size
      """,
    source: "Ma and Xu 2023, arXiv:2307.07662",
    parameters: [imageSize, BoxOverlap.eps])

  @usableFromInline
  let squaredDiagonal: Double
  @usableFromInline
  let eps: Double

  public init(parameters: Parameters) {
    squaredDiagonal = parameters[Self.imageSize].reduce(0) { $0 + $1 * $1 }
    eps = parameters[BoxOverlap.eps]
  }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let (x1, y1) = (prediction.x1 - target.x1, prediction.y1 - target.y1)
    let (x2, y2) = (prediction.x2 - target.x2, prediction.y2 - target.y2)
    let corners = ((x1 * x1 + y1 * y1) + (x2 * x2 + y2 * y2)) / Value(squaredDiagonal)
    return 1 - prediction.iou(target, eps: Value(eps)) + corners
  }
}
