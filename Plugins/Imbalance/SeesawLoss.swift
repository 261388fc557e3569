import LossCore
import LossKernels

/// Seesaw loss: a softmax cross-entropy that spares the rare classes the gradient of the frequent ones.
///
/// Wang et al. 2021. A row has a column for each of C classes and two of objectness, for objects and for background.
/// Rows of the background are compared by objectness alone, those of a class i by both: before the softmax over the
/// classes, ln(Mᵢⱼ Sᵢⱼ) is added to the logit of each other class j. The mitigation M = min(1, Nⱼ / Nᵢ)ᵖ lowers what
/// class i does to the rarer class j, with N the rows of each class in all steps up to this one; the compensation
/// S = max(1, σⱼ / σᵢ)^q raises it where j was mistaken for i, with the probabilities σ taken for constants. As
/// `SeesawLoss` of mmdetection.
///
/// As a class target, C is the background. Rows count whatever they weigh.
public struct SeesawLoss: ClassLoss, StatefulLoss {
  static let p = Parameter(
    "p", .number(.atLeast(0)), default: 0.8,
    help: "How much rarer classes are spared; 0 for not at all.")
  static let q = Parameter(
    "q", .number(.atLeast(0)), default: 2,
    help: "How much more mistakes count; 0 for no more than others.")
  static let eps = Parameter(
    "eps", .number(.above(0)), default: 0.01,
    help: "The least probability of the row's class that others are divided by.")

  public static let declaration = Declaration(
    name: "seesaw",
    summary:
      "Softmax cross-entropy for classes of very different numbers, with two columns of objectness.",
    formula: """
      class i < C: l = log sum_j exp(z_j) - z_i + log(1 + exp(x_(C+1) - x_C))
      background:  l = log(1 + exp(x_C - x_(C+1)))
      z_i = x_i,  z_j = x_j + p min(0, ln(N_j / N_i)) + q max(0, ln(s_j / max(s_i, eps)))
      s = softmax(x_0, ..., x_(C-1)), held constant
      N_j rows of class j up to and with this step, at least 1
      """,
    source: "Wang et al. 2021, arXiv:2008.10032; SeesawLoss of mmdetection",
    parameters: [p, q, eps])

  @usableFromInline
  let p: Double
  @usableFromInline
  let q: Double
  @usableFromInline
  let eps: Double
  /// The rows of each class, and of the background, in all steps.
  private var counts: [Double] = []
  /// ln N of each class; none before anything was counted.
  @usableFromInline
  var logCounts: [Double] = []

  public init(parameters: Parameters) {
    p = parameters[Self.p]
    q = parameters[Self.q]
    eps = parameters[Self.eps]
  }

  public var activation: Activation { .softmaxWithObjectness }
  public var holdsPartConstant: Bool { q > 0 }
  public var background: BackgroundColumn { .last }
  public func columns(classes: Int) -> Int { classes + 2 }

  public func check(width: Int) throws(InputError) {
    guard width < 3 else { return }
    throw InputError(
      Self.declaration.name,
      "reads a column for each class and two of objectness; a row has \(width) columns, expected 3 or more"
    )
  }

  public func stateCount(width: Int) -> Int { width - 1 }
  public func tallyCount(width: Int) -> Int { width - 1 }

  public mutating func resume(after state: [Double]?, width: Int) {
    counts = state ?? [Double](repeating: 0, count: width - 1)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tally<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, targets: Span<Scalar>, classes: Span<Int32>,
    weights: Span<Scalar>, width: Int, into sums: inout [Double]
  ) {
    // A class beyond the background is refused when the rows are evaluated.
    for row in classes.indices where classes[row] < sums.count { sums[Int(classes[row])] += 1 }
  }

  public mutating func advance(by tally: [Double], width: Int) -> [Double] {
    for index in counts.indices { counts[index] += tally[index] }
    logCounts = counts.dropLast().map { Double.log(max(1, $0)) }
    return counts
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    let classCount = width - 2
    var logits = DoubleRow(width: classCount)
    var logCounts = logits
    logCounts.read(self.logCounts.span, from: 0)
    try block.withSpans { predictions, _, classes, values, derivatives throws(InputError) in
      for row in values.indices {
        let target = Int(classes[row])
        let start = row * width
        guard target <= classCount else { throw outOfRange(target, row, classCount) }
        let isObject = target < classCount
        let sign: Double = isObject ? 1 : -1
        let difference =
          Double(predictions[start + classCount]) - Double(predictions[start + classCount + 1])
        var value = Double.softplus(-sign * difference)
        let derivative = Scalar(sign * Double.sigmoid(-sign * difference))
        derivatives[start + classCount] = -derivative
        derivatives[start + classCount + 1] = derivative
        if isObject {
          logits.read(predictions, from: start)
          adjust(&logits, of: target, logCounts)
          value += crossEntropy(&logits, target)
          logits.write(to: &derivatives, from: start)
        }
        values[row] = Scalar(value)
      }
    }
  }

  @usableFromInline
  func outOfRange(_ target: Int, _ row: Int, _ classCount: Int) -> InputError {
    InputError(
      "targets row \(row)",
      "class \(target) is out of range; expected 0 to \(classCount - 1), or \(classCount) for background"
    )
  }

  // Transparent: what were left a function of its own would be shared by the instruction sets.

  /// Adds to the logits of the other classes what they count more, or less.
  @_alwaysEmitIntoClient @_transparent
  func adjust(_ logits: inout DoubleRow, of target: Int, _ logCounts: DoubleRow) {
    let own = logits[column: target]
    let largest = logits.largest { logits[$0] }
    let logSum = Double.log(logits.sum { .exp(logits[$0] - DoubleVector(largest)) }) + largest
    let logSelf = Double.max(own - logSum, Double.log(eps))
    let (p, q) = (DoubleVector(p), DoubleVector(q))
    let (excess, logCount) = (
      DoubleVector(logSum + logSelf), DoubleVector(logCounts[column: target])
    )
    for index in logits.indices {
      let x = logits[index]
      logits[index] =
        x + p * .min(0, logCounts[index] - logCount) + q * .max(0, x - excess)
    }
    logits[column: target] = own
  }

  /// The cross-entropy with a class, whose derivatives replace the logits; sums without the class itself, so that a
  /// row that is sure of it keeps its digits.
  @_alwaysEmitIntoClient @_transparent
  func crossEntropy(_ logits: inout DoubleRow, _ target: Int) -> Double {
    let (own, largest) = (logits[column: target], logits.largest { logits[$0] })
    for index in logits.indices { logits[index] = .exp(logits[index] - DoubleVector(largest)) }
    let exponential = logits[column: target]
    logits[column: target] = 0
    let others = logits.sum { logits[$0] }
    let sum = others + exponential
    let share = DoubleVector(1 / sum)
    for index in logits.indices { logits[index] = logits[index] * share }
    logits[column: target] = -others / sum
    return own >= largest ? Double.log1p(others) : (largest - own) + Double.log(sum)
  }
}
