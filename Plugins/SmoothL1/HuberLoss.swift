import LossCore
import LossKernels

/// Huber loss of the difference x: 0.5 x² where |x| ≤ δ, δ (|x| − 0.5 δ) beyond.
///
/// δ times smooth L1 with β = δ. Huber 1964; as `torch.nn.functional.huber_loss`.
public struct HuberLoss: FormulaLoss {
  static let delta = Parameter(
    "delta", .number(.above(0)), default: 1, help: "Where the quadratic part ends.")

  public static let declaration = Declaration(
    name: "huber",
    summary: "Quadratic near zero, linear beyond, derivative at most delta.",
    formula: """
      x = prediction - target
      l = 0.5 x^2 where |x| <= delta, delta (|x| - 0.5 delta) beyond
      dl/dx = x where |x| <= delta, delta sign(x) beyond
      """,
    source: "Huber 1964; torch.nn.functional.huber_loss",
    parameters: [delta])

  @usableFromInline
  let delta: Double

  public init(parameters: Parameters) { delta = parameters[Self.delta] }

  public var readsDifference: Bool { true }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(_ prediction: Value, against target: Value) -> Value {
    let delta = Value(delta)
    let x = prediction - target
    let size = Value.abs(x)
    return .select(size <= delta, 0.5 * x * x, else: delta * (size - 0.5 * delta))
  }
}
