import LossCore
import LossKernels

/// Equalization loss v2: binary cross-entropy on logits that balances what each class gets of positive and of
/// negative gradients.
///
/// Tan et al. 2021. Of each class the gradients of all steps before are added up, those of rows of the class and those
/// of others; the less the first weigh against the second, the less the next negatives count and the more the
/// positives. A step adds its own gradients after it was evaluated. The background has the last column, a class of
/// its own that is always balanced. As `EQLV2Loss` of mmdetection, with `rows` as normalizer; what rows weigh, their
/// gradients weigh too.
public struct EqualizationV2Loss: ClassLoss, StatefulLoss {
  static let mu = Parameter(
    "mu", .number(.any), default: 0.8, help: "The ratio at which negatives count half.")
  static let alpha = Parameter(
    "alpha", .number(.atLeast(0)), default: 4,
    help: "How much more positives of rare classes count.")
  static let gamma = Parameter(
    "gamma", .number(.atLeast(0)), default: 12, help: "How fast the weight of negatives rises.")

  public static let declaration = Declaration(
    name: "equalization_v2",
    summary:
      "Binary cross-entropy on logits that balances positive and negative gradients of each class.",
    formula: """
      l = sum_j of the row's class: (1 + alpha (1 - f_j)) log(1 + exp(-x_j)), of others: f_j log(1 + exp(x_j))
      f_j = 1 / (1 + exp(-gamma (r_j - mu))),  r_j = P_j / (Q_j + 1e-10), at first 100; background: f = 1
      P_j, Q_j: |dl/dx_j| added up over rows of class j and over the others, of all steps before
      """,
    source: "Tan et al. 2021, arXiv:2012.08548; EQLV2Loss of mmdetection",
    parameters: [mu, alpha, gamma])

  private let mu: Double
  private let alpha: Double
  private let gamma: Double
  /// P of each class, and behind them Q.
  private var sums: [Double] = []
  /// f of each column; none before the loss has resumed.
  private var factors: [Double] = []

  public init(parameters: Parameters) {
    mu = parameters[Self.mu]
    alpha = parameters[Self.alpha]
    gamma = parameters[Self.gamma]
  }

  public var activation: Activation { .sigmoid }
  public var background: BackgroundColumn { .last }
  public func columns(classes: Int) -> Int { classes + 1 }

  public func stateCount(width: Int) -> Int { 2 * (width - 1) }
  public func tallyCount(width: Int) -> Int { 2 * (width - 1) }

  public mutating func resume(after state: [Double]?, width: Int) {
    let classes = width - 1
    sums = state ?? [Double](repeating: 0, count: 2 * classes)
    factors = (0..<classes).map { index in
      factor(ratio: state.map { $0[index] / ($0[classes + index] + 1e-10) } ?? 100)
    }
    factors.append(1)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tally<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, targets: Span<Scalar>, classes: Span<Int32>,
    weights: Span<Scalar>, width: Int, into sums: inout [Double]
  ) {
    for row in classes.indices {
      let weight = weights.isEmpty ? 1 : Double(weights[row])
      for column in 0..<width - 1 {
        let isClass = column == Int(classes[row])
        let derivative = evaluate(predictions[row * width + column], column, isClass).derivative
        sums[isClass ? column : width - 1 + column] += Double.abs(weight * Double(derivative))
      }
    }
  }

  public mutating func advance(by tally: [Double], width: Int) -> [Double] {
    for index in sums.indices { sums[index] += tally[index] }
    return sums
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    evaluateRows(of: &block)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @usableFromInline
  func evaluateRows<Scalar: RealScalar>(of block: inout LossBlock<Scalar>) {
    let width = block.width
    block.withSpans { predictions, _, classes, values, derivatives in
      for row in values.indices {
        var sum = 0.0
        for column in 0..<width {
          let (value, derivative) = evaluate(
            predictions[row * width + column], column, column == Int(classes[row]))
          sum += Double(value)
          derivatives[row * width + column] = derivative
        }
        values[row] = Scalar(sum)
      }
    }
  }

  /// The value of an element, and its derivative.
  @inline(__always)
  private func evaluate<Scalar: RealScalar>(
    _ x: Scalar, _ column: Int, _ isClass: Bool
  ) -> (value: Scalar, derivative: Scalar) {
    let factor = factors.isEmpty ? 1 : factors[column]
    let weight = Scalar(isClass ? 1 + alpha * (1 - factor) : factor)
    return isClass
      ? (weight * .softplus(-x), -(weight * .sigmoid(-x)))
      : (weight * .softplus(x), weight * .sigmoid(x))
  }

  private func factor(ratio: Double) -> Double { .sigmoid(gamma * (ratio - mu)) }
}
