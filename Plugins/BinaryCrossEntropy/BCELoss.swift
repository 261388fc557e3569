import LossCore
import LossKernels

/// Binary cross-entropy on probabilities: ℓ = −[y log p + (1 − y) log(1 − p)], logs no lower than −100.
///
/// As `torch.nn.functional.binary_cross_entropy`, which clamps the logarithms, and in the gradient
/// keeps p (1 − p) at 1e-12 or above.
public struct BCELoss: ElementwiseLoss {
  public static let declaration = Declaration(
    name: "bce",
    summary: "Binary cross-entropy on probabilities; targets are numbers from 0 to 1.",
    formula: """
      l = -[y max(log p, -100) + (1 - y) max(log(1 - p), -100)]
      dl/dp = (p - y) / max(p (1 - p), 1e-12)
      """,
    source: "torch.nn.functional.binary_cross_entropy")

  public init(parameters: Parameters) {}

  public var predictionKind: PredictionKind { .probabilities }

  /// The loss of one probability; one outside 0 … 1 is brought to the nearer end.
  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    Value.binaryCrossEntropy(ofProbability: .min(.max(prediction, 0), 1), against: target)
  }
}
