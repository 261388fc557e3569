import LossCore
import LossKernels

/// Distribution focal loss: the cross-entropies of the two bins around a number y, each weighed by how near the
/// number is to it.
///
/// Li et al. 2020, by which GFL learns the distance to a side as a distribution over 0, 1, …, n − 1: with l = ⌊y⌋,
/// ℓ = (l + 1 − y) CE(l) + (y − l) CE(l + 1). A row of n logits is compared with one number, which is first brought
/// to 0 … n − 1 − `margin`: 0.1 in mmdetection, 0.01 in ultralytics.
public struct DistributionFocalLoss: DenseLoss {
  static let margin = Parameter(
    "margin", .number(.between(0, 1)), default: 0.1,
    help: "How far below the last bin numbers end: 0.1 in mmdetection, 0.01 in ultralytics.")

  public static let declaration = Declaration(
    name: "distribution_focal",
    summary: "Cross-entropy of a distribution with the two bins around a number.",
    formula: """
      l = (i + 1 - y) (log sum_k exp(x_k) - x_i) + (y - i) (log sum_k exp(x_k) - x_(i + 1))
      y = min(max(target, 0), n - 1 - margin),  i = floor(y),  n columns
      dl/dx_j = softmax(x)_j - max(0, 1 - |y - j|)
      """,
    source: "Li et al. 2020, arXiv:2006.04388; DistributionFocalLoss of mmdetection",
    parameters: [margin])

  @usableFromInline
  let margin: Double

  public init(parameters: Parameters) { margin = parameters[Self.margin] }

  public var activation: Activation { .softmax }
  public var comparesOneNumber: Bool { true }

  /// As many bins as GFL has, where nothing says how many.
  public func columns(classes: Int) -> Int { 17 }

  public func check(width: Int) throws(InputError) {
    guard width < 2 else { return }
    throw InputError(
      Self.declaration.name,
      "reads distributions over bins; a row has \(width) columns, expected 2 or more")
  }

  @_alwaysEmitIntoClient @inline(__always)
  public func evaluate<Scalar: RealScalar>(_ block: inout LossBlock<Scalar>) throws(InputError) {
    let bins = block.width - 1
    let last = Scalar(Double(bins) - self.margin)
    let margin = Scalar(self.margin)
    block.evaluateSoftmax { target in
      // Not from the end, which is rounded.
      if target >= last { return (bins - 1, margin, 1 - margin) }
      // Written so that what isn't a number, which is reported elsewhere, is no place.
      guard target > 0 else { return (0, 1, 0) }
      let bin = target.wholePart
      let upper = target - Scalar(bin)
      return (bin, 1 - upper, upper)
    }
  }
}
