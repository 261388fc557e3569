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

  private let classWeights: ClassWeights
  private let labelSmoothing: Double
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

  /// Scores rows against class indices.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, classes targets: Span<Int32>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    let weights = (0..<width).map { Scalar(weight(ofClass: $0)) }
    let smoothing = Scalar(labelSmoothing)
    let spread = smoothing / Scalar(max(1, width))
    var target = [Scalar](repeating: 0, count: width)
    for row in targets.indices where targets[row] >= 0 {
      for column in 0..<width { target[column] = weights[column] * spread }
      let label = Int(targets[row])
      target[label] += weights[label] * (1 - smoothing)
      values[row] = scoreRow(
        predictions, target.span, offset: row * width, width: width, gradient: &gradient)
    }
  }

  /// Scores rows against soft or one-hot rows.
  public func score<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, against targets: Span<Scalar>, width: Int,
    values: inout MutableSpan<Scalar>, gradient: inout MutableSpan<Scalar>
  ) throws(InputError) {
    guard width > 0 else { return }
    let weights = (0..<width).map { Scalar(weight(ofClass: $0)) }
    let smoothing = Scalar(labelSmoothing)
    let spread = smoothing / Scalar(width)
    var target = [Scalar](repeating: 0, count: width)
    for row in values.indices {
      let offset = row * width
      for column in 0..<width {
        target[column] =
          weights[column] * ((1 - smoothing) * targets[offset + column] + spread)
      }
      values[row] = scoreRow(
        predictions, target.span, offset: offset, width: width, gradient: &gradient)
    }
  }
}

/// Scores one row against weighted targets; writes the row of the gradient where one is asked for.
///
/// The largest logit m is kept out of the sum of exponentials: with r = Σ_{k≠m} exp(xₖ − x_m),
/// log Σ exp xₖ = x_m + log1p(r). The value is then a sum of positive terms, and the slope at m is
/// taken from the smaller of m's probability and the others', which keeps their relative accuracy
/// where the row is almost sure of its class, and where it is undecided between many.
@inline(__always)
private func scoreRow<Scalar: RealScalar>(
  _ predictions: Span<Scalar>, _ target: Span<Scalar>, offset: Int, width: Int,
  gradient: inout MutableSpan<Scalar>
) -> Scalar {
  var top = 0
  for column in 1..<max(1, width) where predictions[offset + column] > predictions[offset + top] {
    top = column
  }
  let largest = predictions[offset + top]

  var rest: Scalar = 0
  for column in 0..<width where column != top {
    let exponential = Scalar.exp(predictions[offset + column], minus: largest)
    rest += exponential
    if !gradient.isEmpty { gradient[offset + column] = exponential }
  }
  let logSum = Scalar.log1p(rest)

  var value = target[top] * logSum
  var otherTargets: Scalar = 0
  // A target of zero is passed over: its difference may be infinite, and 0 · ∞ is not a number.
  for column in 0..<width where column != top {
    guard target[column] != 0 else { continue }
    value += target[column] * (largest - predictions[offset + column] + logSum)
    otherTargets += target[column]
  }
  guard !gradient.isEmpty else { return value }

  let total = otherTargets + target[top]
  let perExponential = total / (1 + rest)
  for column in 0..<width where column != top {
    gradient[offset + column] = gradient[offset + column] * perExponential - target[column]
  }
  gradient[offset + top] =
    rest < 1 ? otherTargets - rest * perExponential : perExponential - target[top]
  return value
}
