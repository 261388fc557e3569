import LossCore

/// What one term comes to.
public struct TermResult: Sendable {
  /// The stage of the term.
  public let stage: String
  /// The name of the term.
  public let name: String
  /// The normalized sum of the losses, before the weight.
  public let value: Double
  /// The term's weight in the objective.
  public let weight: Double
  /// What the sums were divided by: one number, or one an image.
  public let divisors: [Double]
  /// Sampled priors that are matched to a ground truth.
  public let positives: Int
  /// Sampled priors that are background.
  public let negatives: Int
  /// Priors that were not sampled or are ignored.
  public let ignored: Int
  /// The Euclidean norm of the weighted term's gradient, where gradients were asked for.
  public let gradientNorm: Double?
  /// The norm of the part of that gradient that comes from positives.
  public let positiveGradientNorm: Double?
  /// The norm of the part that comes from background.
  public let negativeGradientNorm: Double?

  /// The term's part of the objective: weight times value.
  public var weightedValue: Double { weight * value }
}

/// What an objective comes to.
public struct ObjectiveResult<Scalar: LossScalar>: Sendable {
  /// The terms, stages and terms in the order of the recipe.
  public let terms: [TermResult]
  /// The gradient of ``total`` by each prediction, in the shape of that prediction; empty where
  /// gradients weren't asked for.
  public let gradients: [String: Tensor<Scalar>]

  /// What the next step is evaluated after.
  public let state: ObjectiveState

  /// The objective: the sum of the weighted terms.
  public var total: Double { terms.reduce(0) { $0 + $1.weightedValue } }
}

/// What an objective remembers from one step to the next: the running means of its normalizers, and what losses
/// that remember have counted.
///
/// It goes in with an evaluation and comes out with its result, so that the result depends on what is given
/// alone, and a training can go on from a file.
public struct ObjectiveState: Sendable, Equatable {
  /// For `stage.term` the running mean after the last step.
  public var runningMeans: [String: Double]
  /// For `stage.term` what its loss remembers, a ``StatefulLoss``.
  public var losses: [String: [Double]]

  /// A state; before the first step, as is the default, nothing is remembered.
  public init(runningMeans: [String: Double] = [:], losses: [String: [Double]] = [:]) {
    self.runningMeans = runningMeans
    self.losses = losses
  }
}
