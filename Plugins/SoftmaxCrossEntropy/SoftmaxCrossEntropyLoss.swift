import LossCore
import LossKernels

/// Softmax cross-entropy on logits: ℓ = Σⱼ wⱼ tⱼ (log Σₖ exp xₖ − xⱼ).
///
/// A class target c is the row with t_c = 1 and zeros elsewhere; label smoothing ε then makes it
/// tⱼ = (1 − ε)·[j = c] + ε/K. As `torch.nn.functional.cross_entropy`.
public struct SoftmaxCrossEntropyLoss: ClassLoss, DenseLoss {
  static let labelSmoothing = Parameter(
    "label_smoothing", .number(.between(0, 1)), default: 0,
    help: "Share of the target that is spread evenly over all classes.")
  static let ignoreIndex = Parameter(
    "ignore_index", .integer(.any), default: -100,
    help: "Class index that marks a row to leave out; class targets only.")

  public static let declaration = Declaration(
    name: "softmax_cross_entropy",
    summary: "Softmax cross-entropy on logits; targets are class indices, soft or one-hot rows.",
    formula: """
      l = sum_j w_j t_j (log sum_k exp(x_k) - x_j)
      class target c: t_j = (1 - label_smoothing) [j = c] + label_smoothing / K
      dl/dx_j = p_j sum_k w_k t_k - w_j t_j,  p = softmax(x)
      """,
    source: "torch.nn.functional.cross_entropy; label smoothing: Szegedy et al. 2016",
    parameters: [ClassWeights.parameter, labelSmoothing, ignoreIndex])

  @usableFromInline
  let classWeights: ClassWeights
  @usableFromInline
  let labelSmoothing: Double
  private let ignoreIndex: Int

  public init(parameters: Parameters) {
    classWeights = ClassWeights(parameters)
    labelSmoothing = parameters[Self.labelSmoothing]
    ignoreIndex = parameters[Self.ignoreIndex]
  }

  public var activation: Activation { .softmax }
  public func columns(classes: Int) -> Int { classes + 1 }
  public var ignoredClass: Int? { ignoreIndex }
  public func weight(ofClass target: Int) -> Double { classWeights[target] }

  public func check(width: Int) throws(InputError) { try classWeights.check(width: width) }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    if block.hasClasses, labelSmoothing == 0 {
      block.evaluateSoftmax(classWeights: classWeights.weights) { loss($0) }
    } else {
      evaluateSoftTargets(block)
    }
  }

  /// The loss of a row against its class.
  ///
  /// Value and derivative are sums of positive terms, which keeps their relative accuracy if the row is
  /// almost sure of its class, and if it is undecided between many: the derivative by the largest logit
  /// is taken from the smaller of its own probability and the others'.
  @inlinable @inline(__always)
  func loss<Value: FormulaValue>(_ row: SoftmaxRow<Value>) -> SoftmaxLoss<Value> {
    let sum = 1 + row.others
    let isSure = (row.logit >= row.largest) & (row.others < 1)
    return SoftmaxLoss(
      value: row.weight * ((row.largest - row.logit) + .log1p(row.others)),
      factor: row.weight / sum,
      atClass: .select(isSure, -row.others, else: row.exponential - sum))
  }

  /// Evaluates rows against soft or one-hot rows, or against classes with smoothed labels.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func evaluateSoftTargets<Scalar: RealScalar>(_ block: borrowing LossBlock<Scalar>) {
    let width = block.width
    let weights = (0..<width).map { Scalar(classWeights[$0]) }
    let kept = Scalar(1 - labelSmoothing)
    let spread = Scalar(labelSmoothing) / Scalar(max(1, width))
    var target = [Scalar](repeating: 0, count: width)
    let sums = block.softmaxSums()
    block.withExponentials { predictions, targets, classes, values, exponentials in
      for row in values.indices {
        for column in 0..<width {
          let given =
            classes.isEmpty
            ? targets[row * width + column] : Int(classes[row]) == column ? 1 : 0
          target[column] = weights[column] * (kept * given + spread)
        }
        values[row] = evaluate(
          row, against: target.span, predictions, sums, width: width, derivatives: &exponentials)
      }
    }
  }

  /// Evaluates a row against weighted targets; writes its derivatives over its exponentials.
  @inline(__always)
  private func evaluate<Scalar: RealScalar>(
    _ row: Int, against target: Span<Scalar>, _ predictions: Span<Scalar>, _ sums: RowSums<Scalar>,
    width: Int, derivatives: inout MutableSpan<Scalar>
  ) -> Scalar {
    let start = row * width
    // Many columns add up: in Double.
    var value = 0.0
    var total: Scalar = 0
    var otherTargets: Scalar = 0
    for column in 0..<width {
      // A target of zero is passed over: its difference may be infinite, and 0 · ∞ is not a number.
      if target[column] == 0 { continue }
      let logit = predictions[start + column]
      value += Double(target[column] * ((sums.largest[row] - logit) + sums.logSums[row]))
      total += target[column]
      if logit < sums.largest[row] { otherTargets += target[column] }
    }
    let perExponential = total / (1 + sums.others[row])
    for column in 0..<width {
      // A single largest logit with most of the probability: others < 1 rules out ties.
      let isSure = predictions[start + column] == sums.largest[row] && sums.others[row] < 1
      derivatives[start + column] =
        isSure
        ? otherTargets - sums.others[row] * perExponential
        : derivatives[start + column] * perExponential - target[column]
    }
    return Scalar(value)
  }
}
