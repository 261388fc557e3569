import LossCore
import LossKernels

/// Focal loss on the softmax of a row: ℓ = w (1 − p)ᵞ (−log p), with the probability p of the row's class.
///
/// Lin et al. 2017, in the form of a softmax: background and classes have a column each, and `class_weights`
/// says what α would. The factor is differentiated too.
public struct SoftmaxFocalLoss: ClassLoss {
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 2, help: "How fast the weight of sure rows falls.")

  public static let declaration = Declaration(
    name: "softmax_focal",
    summary: "Focal loss on the softmax of logits; targets are class indices.",
    formula: """
      l = w_c (1 - p_c)^gamma (-log p_c),  p = softmax(x)
      dl/dx_j = w_c (1 - p_c)^(gamma - 1) (1 - p_c - gamma p_c log p_c) (p_j - [j = c])
      """,
    source: "Lin et al. 2017, arXiv:1708.02002",
    parameters: [ClassWeights.parameter, gamma])

  @usableFromInline
  let classWeights: ClassWeights
  @usableFromInline
  let gamma: Double

  public init(parameters: Parameters) {
    classWeights = ClassWeights(parameters)
    gamma = parameters[Self.gamma]
  }

  public var activation: Activation { .softmax }
  public func columns(classes: Int) -> Int { classes + 1 }
  public func weight(ofClass target: Int) -> Double { classWeights[target] }

  public func check(width: Int) throws(InputError) { try classWeights.check(width: width) }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    block.evaluateSoftmax(classWeights: classWeights.weights) { loss($0) }
  }

  @inlinable @inline(__always)
  func loss<Value: FormulaValue>(_ row: SoftmaxRow<Value>) -> SoftmaxLoss<Value> {
    let sum = 1 + row.others
    // (1 − p) Σ exp, without the difference of two equals.
    let rest = Value.select(
      row.logit >= row.largest, row.others, else: 1 + (row.others - row.exponential))
    let missed = rest / sum
    let crossEntropy = (row.largest - row.logit) + .log1p(row.others)
    // The paper's gamma needs no logarithm.
    let modulation = gamma == 2 ? missed * missed : .pow(missed, Value(gamma))
    let probability = row.exponential / sum
    let factor = 1 + Value(gamma) * probability * (crossEntropy / missed)
    return SoftmaxLoss(
      value: row.weight * modulation * crossEntropy,
      // A row that is sure beyond all digits has no derivative; 0 / 0 isn't one.
      factor: .select(missed > 0, row.weight * modulation * factor / sum, else: 0),
      atClass: -rest)
  }
}
