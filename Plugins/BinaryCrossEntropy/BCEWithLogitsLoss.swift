import LossCore
import LossKernels

/// Binary cross-entropy on logits: ℓ = w y log(1 + e⁻ˣ) + (1 − y) log(1 + eˣ), w = `pos_weight`.
///
/// As `torch.nn.functional.binary_cross_entropy_with_logits`.
public struct BCEWithLogitsLoss: ColumnwiseLoss {
  static let positiveWeight = Parameter(
    "pos_weight", .list(of: .number(.atLeast(0))), default: 1,
    help: "Weight of the positive part: one number, or one a column.")

  public static let declaration = Declaration(
    name: "bce_with_logits",
    summary: "Binary cross-entropy on logits; targets are numbers from 0 to 1.",
    formula: """
      l = pos_weight y log(1 + exp(-x)) + (1 - y) log(1 + exp(x))
      dl/dx = (1 - y) s(x) - pos_weight y s(-x),  s(x) = 1 / (1 + exp(-x))
      """,
    source: "torch.nn.functional.binary_cross_entropy_with_logits",
    parameters: [positiveWeight])

  /// The weights of the positive parts.
  public let columnNumbers: [Double]

  public init(parameters: Parameters) { columnNumbers = parameters[Self.positiveWeight] }

  public var activation: Activation { .sigmoid }

  public func check(width: Int) throws(InputError) {
    guard columnNumbers.count != 1, columnNumbers.count != width else { return }
    throw InputError("pos_weight", "has \(columnNumbers.count) weights for \(width) columns")
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ x: Value, against y: Value, column weight: Value
  ) -> (value: Value, derivative: Value) {
    differentiate(at: x) { x in
      Dual(weight * y) * .softplus(-x) + Dual(1 - y) * .softplus(x)
    }
  }
}
