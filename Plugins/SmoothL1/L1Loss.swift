import LossCore
import LossKernels

/// The absolute difference |x|; slope 0 at 0.
///
/// As `torch.nn.functional.l1_loss`.
public struct L1Loss: ElementwiseLoss {
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

  /// Scores one coordinate.
  @inlinable @inline(__always)
  public func score<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, slope: Value) {
    let x = prediction - target
    return (.abs(x), sign(of: x))
  }
}
