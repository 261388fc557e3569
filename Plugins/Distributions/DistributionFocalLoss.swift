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
    let width = block.width
    let last = Scalar(Double(width - 1) - self.margin)
    let margin = Scalar(self.margin)
    let sums = block.softmaxSums()
    block.withExponentials { predictions, targets, _, values, exponentials in
      for row in values.indices {
        let start = row * width
        let (others, logSum) = (sums.others[row], sums.logSums[row])
        let largest = sums.largest[row]
        let probability = 1 / (1 + others)
        for column in start..<start + width { exponentials[column] *= probability }

        // Written so that what isn't a number, which is reported elsewhere, is no place.
        let target = targets[start]
        let isPastEnd = target >= last
        let bin = target > 0 ? (isPastEnd ? width - 2 : Swift.min(Int(target), width - 2)) : 0
        // Not from the end, which is rounded.
        let upper = isPastEnd ? 1 - margin : target > 0 ? target - Scalar(bin) : 0
        let lower = isPastEnd ? margin : 1 - upper
        var value: Scalar = 0
        for side in 0..<2 {
          let column = start + bin + side
          let share = side == 0 ? lower : upper
          // A share of zero is passed over: its difference may be infinite.
          guard share > 0 else { continue }
          let logit = predictions[column]
          value += share * ((largest - logit) + logSum)
          // Of a column that has most of the probability, what is left of 1 on both sides.
          let isSure = logit >= largest && others < 1
          exponentials[column] =
            isSure ? (1 - share) - others * probability : exponentials[column] - share
        }
        values[row] = value
      }
    }
  }
}
