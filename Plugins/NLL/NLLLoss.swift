import LossCore
import LossKernels

/// Negative log-likelihood on log-probabilities: ℓ = −w_c x_c for class c.
///
/// On the output of ``logSoftmax(_:workers:)`` it equals softmax cross-entropy. As
/// `torch.nn.functional.nll_loss`.
public struct NLLLoss: ClassLoss {
  /// Name, formula and parameters.
  public static let declaration = Declaration(
    name: "nll",
    summary: "Negative log-likelihood on log-probabilities; targets are class indices.",
    formula: """
      l = -w_c x_c for class c
      dl/dx_j = -w_c [j = c]
      """,
    source: "torch.nn.functional.nll_loss",
    parameters: [
      ClassWeights.parameter,
      .integer(
        "ignore_index", default: -100, .any,
        "Class index that marks a row to leave out."),
    ])

  private let classWeights: ClassWeights
  private let ignoreIndex: Int

  /// Makes the loss from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    classWeights = try ClassWeights(parameters)
    ignoreIndex = try parameters.integer("ignore_index")
  }

  /// The predictions are log-probabilities.
  public var activation: Activation { .exponential }
  /// Log-probabilities.
  public var predictionKind: PredictionKind { .logProbabilities }
  /// The background has the first column.
  public func columns(classes: Int) -> Int { classes + 1 }
  /// The value of `ignore_index`.
  public var ignoredClass: Int? { ignoreIndex }
  /// The weight of the class.
  public func weight(ofClass target: Int) -> Double { classWeights[target] }

  /// Checks that there is a weight for each class.
  public func check(width: Int) throws(InputError) { try classWeights.check(width: width) }

  /// Scores rows against class indices.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    _ = try scoreBlock(
      predictions, classes: targets, width: width, weights: Span(), scale: 1, values: &values,
      gradient: &gradient)
  }

  /// Scores rows against class indices, and writes nothing twice but the slope of each row's class.
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    clear(&gradient)
    clear(&values)
    var sum = 0.0
    for row in targets.indices {
      let label = Int(targets[row])
      if label < 0 { continue }
      let weight = Scalar(classWeights[label]) * (weights.isEmpty ? 1 : weights[row])
      let value = -weight * predictions[row * width + label]
      sum += Double(value)
      if !values.isEmpty { values[row] = value }
      if !gradient.isEmpty { gradient[row * width + label] = -weight * scale }
    }
    return BlockSum(value: sum, isFinite: areFinite(predictions))
  }
}
