import LossCore
import LossKernels

/// Equalization loss v2: binary cross-entropy on logits that balances what each class gets of positive and of
/// negative gradients.
///
/// Tan et al. 2021. Of each class the gradients of all steps before are added up, those of rows of the class and those
/// of others; the less the first weigh against the second, the less the next negatives count and the more the
/// positives. A step adds its own gradients after it was evaluated. The background has the last column, a class of
/// its own that is always balanced. As `EQLV2Loss` of mmdetection, with `rows` as normalizer; what rows weigh, their
/// gradients weigh too. Detections are read by the sigmoid of each column, where mmdetection multiplies it by one
/// less that of the background.
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
  @usableFromInline
  let alpha: Double
  private let gamma: Double
  /// P of each class, and behind them Q.
  private var sums: [Double] = []
  /// f of each column; none before the loss has resumed.
  @usableFromInline
  var factors: [Double] = []

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
    let factors = factors(width)
    var derivatives = [Scalar](copying: predictions)
    replaceEach(&derivatives) { .sigmoid($0) }
    for row in classes.indices {
      let weight = weights.isEmpty ? 1 : Double(weights[row])
      let label = Int(classes[row])
      for column in 0..<width - 1 where column != label {
        let derivative = factors[column] * Double(derivatives[row * width + column])
        sums[width - 1 + column] += Double.abs(weight * derivative)
      }
      guard label < width - 1 else { continue }
      let logit = Double(predictions[row * width + label])
      let derivative = positive(logit, factors[label]).derivative
      sums[label] += Double.abs(weight * derivative)
    }
  }

  public mutating func advance(by tally: [Double], width: Int) -> [Double] {
    for index in sums.indices { sums[index] += tally[index] }
    return sums
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let width = block.width
    var logits = DoubleRow(width: width)
    var weights = logits
    let factors = factors(width)
    weights.read(factors.span, from: 0)
    block.withSpans { predictions, _, classes, values, derivatives in
      for row in values.indices {
        logits.read(predictions, from: row * width)
        let label = Int(classes[row])
        let (value, derivative) = positive(logits[column: label], factors[label])
        // Of the row's class, whose value as one of the others is 0 then.
        logits[column: label] = -.infinity
        let others = weights.sum { index in
          let logit = logits[index]
          logits[index] = weights[index] * .sigmoid(logit)
          return weights[index] * .softplus(logit)
        }
        logits[column: label] = derivative
        logits.write(to: &derivatives, from: row * width)
        values[row] = Scalar(value + others)
      }
    }
  }

  /// f of each column.
  @_alwaysEmitIntoClient @inline(__always)
  func factors(_ width: Int) -> [Double] {
    factors.isEmpty ? [Double](repeating: 1, count: width) : factors
  }

  /// Value and derivative of the class of a row.
  @_alwaysEmitIntoClient @inline(__always)
  func positive(_ logit: Double, _ factor: Double) -> (value: Double, derivative: Double) {
    let weight = 1 + alpha * (1 - factor)
    return (weight * Double.softplus(-logit), -(weight * Double.sigmoid(-logit)))
  }

  private func factor(ratio: Double) -> Double { .sigmoid(gamma * (ratio - mu)) }
}
