import LossCore
import LossKernels

/// The squared difference x².
///
/// Not halved, as `torch.nn.functional.mse_loss`.
public struct L2Loss: FormulaLoss {
  public static let declaration = Declaration(
    name: "l2",
    summary: "Squared difference, not halved.",
    formula: """
      x = prediction - target
      l = x^2
      dl/dx = 2 x
      """,
    source: "torch.nn.functional.mse_loss")

  public init(parameters: Parameters) {}

  public var readsDifference: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let x = prediction - target
    return x * x
  }
}
