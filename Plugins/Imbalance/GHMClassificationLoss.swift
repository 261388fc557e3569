import LossCore
import LossKernels

/// Binary cross-entropy on logits, harmonized: the more values of a step have a gradient of the same length, the
/// less each counts.
///
/// Li et al. 2019, GHM-C: the length of the gradient of a value is g = |σ(x) − y|. Lengths are counted in bins over
/// all rows of a step, and a value counts N / (m n), with N values, m bins that hold some, and n of them in its own
/// bin; with `momentum`, n follows the counts of the steps before. Values of no weight aren't counted. As
/// `GHMC` of mmdetection, with `weights` as normalizer; mmdetection's RetinaNet counts each level by itself.
public struct GHMClassificationLoss: ElementwiseLoss, StatefulLoss {
  public static let declaration = Declaration(
    name: "ghm_c",
    summary:
      "Binary cross-entropy on logits; values whose gradient is of a common length count little.",
    formula: """
      l = N / (m n_b) BCE(x, y),  BCE = y log(1 + exp(-x)) + (1 - y) log(1 + exp(x))
      b = floor(bins g),  g = |s(x) - y|,  s(x) = 1 / (1 + exp(-x))
      N values in m of the bins; n_b <- momentum n_b + (1 - momentum) (values in b), at first 0
      """,
    source: "Li et al. 2019, arXiv:1811.05181; GHMC of mmdetection",
    parameters: [GradientDensity.binCount, GradientDensity.momentum])

  @usableFromInline
  var density: GradientDensity

  public init(parameters: Parameters) { density = GradientDensity(parameters) }

  public var activation: Activation { .sigmoid }

  public func stateCount(width: Int) -> Int { density.stateCount }
  public func tallyCount(width: Int) -> Int { density.weights.count }

  public mutating func resume(after state: [Double]?, width: Int) { density.resume(after: state) }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tally<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, targets: Span<Scalar>, classes: Span<Int32>,
    weights: Span<Scalar>, width: Int, into sums: inout [Double]
  ) {
    var probabilities = [Scalar](copying: predictions)
    var rests = probabilities
    replaceEach(&probabilities) { .sigmoid($0) }
    replaceEach(&rests) { .sigmoid(-$0) }
    for index in probabilities.indices {
      let weight = weights.isEmpty ? 1 : weights[index]
      guard weight > 0 else { continue }
      let length = Scalar.abs(distance(probabilities[index], rests[index], targets[index]))
      density.tally(length, into: &sums)
    }
  }

  public mutating func advance(by tally: [Double], width: Int) -> [Double] {
    density.advance(by: tally)
  }

  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let distance = distance(.sigmoid(prediction), .sigmoid(-prediction), target)
    let weight = density.weight(of: Value.abs(distance))
    let crossEntropy = target * .softplus(-prediction) + (1 - target) * .softplus(prediction)
    return (weight * crossEntropy, weight * distance)
  }

  /// p − y, with 1 − p by itself.
  @inlinable @inline(__always)
  func distance<Value: FormulaValue>(_ p: Value, _ rest: Value, _ y: Value) -> Value {
    (1 - y) * p - y * rest
  }
}
