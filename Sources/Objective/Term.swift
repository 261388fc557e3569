import LossCore

/// What a term's predictions are scored against.
public enum TargetKind: String, Sendable, CaseIterable {
  /// 1 for a sampled positive, 0 for sampled background.
  case objectness
  /// The label of the matched ground truth, 0 for sampled background.
  case `class`
  /// The encoded box of the matched ground truth; sampled positives only.
  case box
}

/// A loss applied to one prediction, with a weight and a normalizer.
public struct Term: Sendable {
  /// The name, unique in its stage.
  public let name: String
  /// The names of the prediction tensors, one a level of the priors.
  public let predictions: [String]
  /// How the axes of the tensors map to rows.
  public let layout: Layout
  /// What the rows are scored against.
  public let target: TargetKind
  /// The loss.
  public let loss: any Loss
  /// What the sum is divided by.
  public let normalizer: Normalizer
  /// What the normalized sum is multiplied by in the objective, λ.
  public let weight: Double
  /// Multiplies the difference of prediction and target before the loss, a number a column.
  public let insideWeights: [Double]?
  /// Multiplies the loss of each column, a number a column.
  public let outsideWeights: [Double]?

  /// Puts a term together.
  public init(
    name: String, predictions: [String], layout: Layout, target: TargetKind, loss: any Loss,
    normalizer: Normalizer, weight: Double = 1, insideWeights: [Double]? = nil,
    outsideWeights: [Double]? = nil
  ) {
    self.name = name
    self.predictions = predictions
    self.layout = layout
    self.target = target
    self.loss = loss
    self.normalizer = normalizer
    self.weight = weight
    self.insideWeights = insideWeights
    self.outsideWeights = outsideWeights
  }
}
