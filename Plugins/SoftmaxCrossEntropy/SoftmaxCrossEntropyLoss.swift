import LossCore
import LossKernels

/// Softmax cross-entropy on logits: ℓ = Σⱼ wⱼ tⱼ (log Σₖ exp xₖ − xⱼ).
///
/// A class target c is the row with t_c = 1 and zeros elsewhere; label smoothing ε then makes it
/// tⱼ = (1 − ε)·[j = c] + ε/K. As `torch.nn.functional.cross_entropy`.
public struct SoftmaxCrossEntropyLoss: ClassLoss, DenseLoss {
  /// Name, formula and parameters.
  public static let declaration = Declaration(
    name: "softmax_cross_entropy",
    summary: "Softmax cross-entropy on logits; targets are class indices, soft or one-hot rows.",
    formula: """
      l = sum_j w_j t_j (log sum_k exp(x_k) - x_j)
      class target c: t_j = (1 - label_smoothing) [j = c] + label_smoothing / K
      dl/dx_j = p_j sum_k w_k t_k - w_j t_j,  p = softmax(x)
      """,
    source: "torch.nn.functional.cross_entropy; label smoothing: Szegedy et al. 2016",
    parameters: [
      ClassWeights.parameter,
      .number(
        "label_smoothing", default: 0, .between(0, 1),
        "Share of the target that is spread evenly over all classes."),
      .integer(
        "ignore_index", default: -100, .any,
        "Class index that marks a row to leave out; class targets only."),
    ])

  @usableFromInline
  let classWeights: ClassWeights
  @usableFromInline
  let labelSmoothing: Double
  private let ignoreIndex: Int

  /// Makes the loss from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    classWeights = try ClassWeights(parameters)
    labelSmoothing = try parameters.number("label_smoothing")
    ignoreIndex = try parameters.integer("ignore_index")
  }

  /// Softmax.
  public var activation: Activation { .softmax }
  /// The background has the first column.
  public func columns(classes: Int) -> Int { classes + 1 }
  /// The value of `ignore_index`.
  public var ignoredClass: Int? { ignoreIndex }
  /// The weight of the class.
  public func weight(ofClass target: Int) -> Double { classWeights[target] }

  /// Checks that there is a weight for each class.
  public func check(width: Int) throws(InputError) { try classWeights.check(width: width) }

  /// Scores rows against class indices, each a row of targets.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    let rows = ExponentialRows(predictions, width: width, into: &gradient)
    let weights = (0..<width).map { Scalar(classWeights[$0]) }
    let spread = Scalar(labelSmoothing) / Scalar(max(1, width))
    var target = [Scalar](repeating: 0, count: width)
    for row in targets.indices {
      let label = Int(targets[row])
      for column in 0..<width { target[column] = label < 0 ? 0 : weights[column] * spread }
      if label >= 0 { target[label] += weights[label] * Scalar(1 - labelSmoothing) }
      values[row] = rows.score(row, against: target.span, predictions, gradient: &gradient)
    }
  }

  /// Scores rows against class indices, in one pass where the labels aren't smoothed.
  @inlinable @inline(__always)
  public func scoreBlock<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    guard labelSmoothing == 0 else {
      return try scoreSmoothed(
        predictions, classes: targets, width: width, weights: weights, scale: scale,
        values: &values, gradient: &gradient)
    }
    return scoreSoftmax(
      predictions, classes: targets, width: width, weights: weights, scale: scale,
      values: &values, gradient: &gradient,
      hasClassWeights: !classWeights.areOnes, classWeight: { Scalar(classWeights[Int($0)]) },
      { score($0) })
  }

  /// Scores a row against its class.
  ///
  /// Value and slope are sums of positive terms, which keeps their relative accuracy where the row is
  /// almost sure of its class, and where it is undecided between many: the slope at the largest logit
  /// is taken from the smaller of its own probability and the others'.
  @inlinable @inline(__always)
  func score<Value: FormulaValue>(_ row: SoftmaxRow<Value>) -> SoftmaxScore<Value> {
    let slopePerExponential = row.weight / (1 + row.others)
    let value = row.weight * ((row.largest - row.logit) + .log1p(row.others))
    return SoftmaxScore(
      // A weight of zero times an infinite difference would not be a number.
      value: .select(row.weight > 0, value, else: 0),
      slope: .select(
        (row.logit >= row.largest) & (row.others < 1), -row.others * slopePerExponential,
        else: row.exponential * slopePerExponential - row.weight),
      slopePerExponential: slopePerExponential)
  }

  /// Scores rows whose labels are smoothed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func scoreSmoothed<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int, weights: Span<Scalar>,
    scale: Scalar, values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) -> BlockSum {
    try weighBlock(
      predictions, valueCount: targets.count, weights: weights, scale: scale,
      values: &values, gradient: &gradient
    ) { values, gradient throws(InputError) in
      try score(predictions, classes: targets, width: width, values: &values, gradient: &gradient)
    }
  }

  /// Scores rows against soft or one-hot rows.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    let rows = ExponentialRows(predictions, width: width, into: &gradient)
    let weights = (0..<width).map { Scalar(classWeights[$0]) }
    let spread = Scalar(labelSmoothing) / Scalar(max(1, width))
    var target = [Scalar](repeating: 0, count: width)
    for row in values.indices {
      for column in 0..<width {
        let given = targets[row * width + column]
        target[column] = weights[column] * (Scalar(1 - labelSmoothing) * given + spread)
      }
      values[row] = rows.score(row, against: target.span, predictions, gradient: &gradient)
    }
  }
}

/// What a block's rows have in common under any target; their exponentials, relative to the largest
/// logit m of each row, lie where the gradient will be.
private struct ExponentialRows<Scalar: RealScalar> {
  let width: Int
  let sums: RowSums<Scalar>

  @inline(__always)
  init(_ predictions: Span<Scalar>, width: Int, into gradient: inout MutableSpan<Scalar>) {
    self.width = width
    if gradient.isEmpty {
      var scratch = [Scalar](repeating: 0, count: predictions.count)
      var exponentials = scratch.mutableSpan
      sums = RowSums(ofRows: predictions, width: width, exponentials: &exponentials)
    } else {
      sums = RowSums(ofRows: predictions, width: width, exponentials: &gradient)
    }
  }

  /// Scores a row against weighted targets; writes its gradient over its exponentials.
  @inline(__always)
  func score(
    _ row: Int, against target: Span<Scalar>, _ predictions: Span<Scalar>,
    gradient: inout MutableSpan<Scalar>
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
    guard !gradient.isEmpty else { return Scalar(value) }
    let perExponential = total / (1 + sums.others[row])
    for column in 0..<width {
      // A single largest logit with most of the probability: others < 1 rules out ties.
      let isSure = predictions[start + column] == sums.largest[row] && sums.others[row] < 1
      gradient[start + column] =
        isSure
        ? otherTargets - sums.others[row] * perExponential
        : gradient[start + column] * perExponential - target[column]
    }
    return Scalar(value)
  }
}
