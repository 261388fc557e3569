import LossCore
import LossKernels

/// The absolute difference |x|; derivative 0 at 0.
///
/// As `torch.nn.functional.l1_loss`.
public struct L1Loss: FormulaLoss {
  /// Name and formula.
  public static let declaration = Declaration(
    name: "l1",
    summary: "Absolute difference.",
    formula: """
      x = prediction - target
      l = |x|
      dl/dx = sign(x), 0 at 0
      """,
    source: "torch.nn.functional.l1_loss")

  /// Makes the loss; it has no parameters.
  public init(parameters: Parameters) throws(ParameterError) {}

  /// The difference alone is read.
  public var readsDifference: Bool { true }

  /// The loss of one coordinate.
  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    .abs(prediction - target)
  }
}
