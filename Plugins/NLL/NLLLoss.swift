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

  @usableFromInline
  let classWeights: ClassWeights
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

  /// Evaluates rows against class indices.
  @inlinable @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    block.withSpans { predictions, _, classes, values, derivatives in
      for row in classes.indices {
        let element = row * width + Int(classes[row])
        let weight = Scalar(classWeights[Int(classes[row])])
        values[row] = -weight * predictions[element]
        derivatives[element] = -weight
      }
    }
  }
}
