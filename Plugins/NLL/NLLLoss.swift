import LossCore
import LossKernels

/// Negative log-likelihood on log-probabilities: ℓ = −w_c x_c for class c.
///
/// On the output of ``logSoftmax(_:workers:)`` it equals softmax cross-entropy. As
/// `torch.nn.functional.nll_loss`.
public struct NLLLoss: ClassLoss {
  static let ignoreIndex = Parameter(
    "ignore_index", .integer(.any), default: -100,
    help: "Class index that marks a row to leave out.")

  public static let declaration = Declaration(
    name: "nll",
    summary: "Negative log-likelihood on log-probabilities; targets are class indices.",
    formula: """
      l = -w_c x_c for class c
      dl/dx_j = -w_c [j = c]
      """,
    source: "torch.nn.functional.nll_loss",
    parameters: [ClassWeights.parameter, ignoreIndex])

  @usableFromInline
  let classWeights: ClassWeights
  private let ignoreIndex: Int

  public init(parameters: Parameters) {
    classWeights = ClassWeights(parameters)
    ignoreIndex = parameters[Self.ignoreIndex]
  }

  public var activation: Activation { .exponential }
  public var predictionKind: PredictionKind { .logProbabilities }
  public func columns(classes: Int) -> Int { classes + 1 }
  public var ignoredClass: Int? { ignoreIndex }
  public func weight(ofClass target: Int) -> Double { classWeights[target] }

  public func check(width: Int) throws(InputError) { try classWeights.check(width: width) }

  @_alwaysEmitIntoClient @inline(__always)
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
