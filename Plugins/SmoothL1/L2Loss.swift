import LossCore
import LossKernels

/// The squared difference x².
///
/// Not halved, as `torch.nn.functional.mse_loss`.
public struct L2Loss: FormulaLoss {
  /// Name and formula.
  public static let declaration = Declaration(
    name: "l2",
    summary: "Squared difference, not halved.",
    formula: """
      x = prediction - target
      l = x^2
      dl/dx = 2 x
      """,
    source: "torch.nn.functional.mse_loss")

  /// Makes the loss; it has no parameters.
  public init(parameters: Parameters) throws(ParameterError) {}

  /// The difference alone is read.
  public var readsDifference: Bool { true }

  /// The loss of one coordinate.
  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let x = prediction - target
    return x * x
  }
}
