import LossCore
import LossKernels

/// The L1 distance of two boxes, added up over their corners.
///
/// As the L1 loss of Sparse R-CNN on decoded boxes in shares of the image, which the target `decoded_box` with
/// `unit` `image` makes of them.
public struct BoxL1Loss: BoxPairLoss {
  public static let declaration = Declaration(
    name: "box_l1",
    summary: "L1 distance of the corners of boxes.",
    formula: "l = |x1 - X1| + |y1 - Y1| + |x2 - X2| + |y2 - Y2|",
    source: "Sun et al. 2021, arXiv:2011.12450; L1Loss in DIIHead of mmdetection")

  public init(parameters: Parameters) {}

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    (Value.abs(prediction.x1 - target.x1) + Value.abs(prediction.y1 - target.y1))
      + (Value.abs(prediction.x2 - target.x2) + Value.abs(prediction.y2 - target.y2))
  }
}
