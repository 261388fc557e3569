/// What makes the predictions of a loss probabilities: the loss does by a sigmoid, or the model has done so itself.
public enum ProbabilityActivation: String, CaseIterable, Sendable {
  /// The loss does: they are logits.
  case sigmoid
  /// The model has done so itself.
  case none

  /// The parameter `activation`, declared once for all losses that have it.
  public static let parameter = Parameter(
    "activation", .choice, default: ProbabilityActivation.sigmoid,
    help: "What makes predictions probabilities: none where the model has done so itself.")

  /// What the predictions are.
  public var predictionKind: PredictionKind { self == .none ? .probabilities : .numbers }
  /// What the loss applies.
  public var activation: Activation { self == .none ? .identity : .sigmoid }
}
