import CommandLineKit
import LossKit

/// A loss and the numbers that it is tried on.
struct Trial<Scalar: LossScalar> {
  let loss: any Loss
  let predictions: Tensor<Scalar>
  let targets: LossTargets<Scalar>
  var weights: Tensor<Scalar>?
  var insideWeights: Tensor<Scalar>?
  let reduction: Reduction
  let workers: Workers

  /// The loss under a reduction.
  func evaluate(_ reduction: Reduction, gradient: Bool) throws(InputError) -> LossResult<Scalar> {
    try loss.evaluate(
      predictions, targets: targets, weights: weights, insideWeights: insideWeights,
      reduction: reduction, gradient: gradient, workers: workers)
  }
}

/// What came of a trial.
protocol TrialReport {
  /// For people.
  var table: Table { get }
  /// For programs.
  var node: JSONNode { get }
}

extension Reduction {
  /// What to call the reduced value.
  var title: String {
    switch self {
    case .none, .sum, .sumPerRow: "sum"
    case .mean: "mean"
    case .weightedMean: "weighted mean"
    }
  }
}
