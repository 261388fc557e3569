import LossCore
import LossKernels

/// The absolute difference |x|; derivative 0 at 0.
///
/// As `torch.nn.functional.l1_loss`.
public struct L1Loss: FormulaLoss {
  public static let declaration = Declaration(
    name: "l1",
    summary: "Absolute difference.",
    formula: """
      x = prediction - target
      l = |x|
      dl/dx = sign(x), 0 at 0
      """,
    source: "torch.nn.functional.l1_loss")

  public init(parameters: Parameters) {}

  public var readsDifference: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    .abs(prediction - target)
  }
}
