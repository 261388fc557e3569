import LossCore
import LossKernels

/// A smooth L1 of the difference d, harmonized: the more values of a step have a gradient of the same length, the
/// less each counts.
///
/// Li et al. 2019, GHM-R: the loss √(d² + μ²) − μ has a gradient of length g = |d| / √(d² + μ²). Lengths are counted
/// in bins over all rows of a step, and a value counts N / (m n), with N values, m bins that hold some, and n of
/// them in its own bin; with `momentum`, n follows the counts of the steps before. Values of no weight aren't
/// counted. As `GHMR` of mmdetection, with `weights` as normalizer; mmdetection's RetinaNet counts each level by
/// itself.
public struct GHMRegressionLoss: ElementwiseLoss, StatefulLoss {
  static let mu = Parameter(
    "mu", .number(.atLeast(1e-15)), default: 0.02, help: "Where the linear part begins.")

  public static let declaration = Declaration(
    name: "ghm_r",
    summary: "Smooth L1 of differences; values whose gradient is of a common length count little.",
    formula: """
      d = prediction - target
      l = N / (m n_b) (sqrt(d^2 + mu^2) - mu)
      b = floor(bins g),  g = |d| / sqrt(d^2 + mu^2)
      N values in m of the bins; n_b <- momentum n_b + (1 - momentum) (values in b), at first 0
      """,
    source: "Li et al. 2019, arXiv:1811.05181; GHMR of mmdetection",
    parameters: [mu, GradientDensity.binCount, GradientDensity.momentum])

  @usableFromInline
  let mu: Double
  @usableFromInline
  var density: GradientDensity

  public init(parameters: Parameters) {
    mu = parameters[Self.mu]
    density = GradientDensity(parameters)
  }

  public var readsDifference: Bool { true }

  public func stateCount(width: Int) -> Int { density.stateCount }
  public func tallyCount(width: Int) -> Int { density.weights.count }

  public mutating func resume(after state: [Double]?, width: Int) { density.resume(after: state) }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tally<Scalar: RealScalar>(
    _ predictions: Span<Scalar>, targets: Span<Scalar>, classes: Span<Int32>,
    weights: Span<Scalar>, width: Int, into sums: inout [Double]
  ) {
    var lengths = predictions.indices.map { predictions[$0] - targets[$0] }
    replaceEach(&lengths) { .abs(smoothL1($0).derivative) }
    for index in lengths.indices {
      let weight = weights.isEmpty ? 1 : weights[index]
      guard weight > 0 else { continue }
      density.tally(lengths[index], into: &sums)
    }
  }

  public mutating func advance(by tally: [Double], width: Int) -> [Double] {
    density.advance(by: tally)
  }

  @inlinable @inline(__always)
  public func evaluate<Value: FormulaValue>(
    _ prediction: Value, against target: Value
  ) -> (value: Value, derivative: Value) {
    let (value, derivative) = smoothL1(prediction - target)
    let weight = density.weight(of: Value.abs(derivative))
    return (weight * value, weight * derivative)
  }

  /// √(d² + μ²) − μ without the difference of two equals, and its derivative; over |d| or μ, whichever is more, so
  /// that no square is too large.
  @inlinable @inline(__always)
  func smoothL1<Value: FormulaValue>(_ difference: Value) -> (value: Value, derivative: Value) {
    let size = Value.max(.abs(difference), Value(mu))
    let (d, m) = (difference / size, Value(mu) / size)
    let root = Value.sqrt(d * d + m * m)
    return (difference * (d / (root + m)), d / root)
  }
}
