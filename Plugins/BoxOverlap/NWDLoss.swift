import LossCore
import LossKernels

/// Normalized Wasserstein distance loss: 1 − exp(−W / C), where boxes are Gaussians and W is their distance.
///
/// Wang et al. 2021, for tiny objects, whose IoU changes by leaps: W² = Δx² + Δy² + (Δw² + Δh²) / 4, with the
/// distances of centres and of sides. Boxes that are the same have derivative 0.
public struct NWDLoss: BoxPairLoss {
  static let constant = Parameter(
    "constant", .number(.atLeast(1e-15)), default: 12.8,
    help: "C, in pixels: the mean side of the data set's objects; the default is AI-TOD's.")

  public static let declaration = Declaration(
    name: "nwd",
    summary: "Normalized Wasserstein distance loss, on boxes; for tiny objects.",
    formula: """
      l = 1 - exp(-W / C),  W^2 = dx^2 + dy^2 + (dw^2 + dh^2) / 4
      dx, dy: distances of the centres; dw, dh: of the sides
      """,
    source: "Wang et al. 2021, arXiv:2110.13389",
    parameters: [constant])

  @usableFromInline
  let constant: Double

  public init(parameters: Parameters) { constant = parameters[Self.constant] }

  @inlinable @inline(__always)
  public func loss<Value: FormulaValue>(
    _ prediction: FormulaBox<Value>, against target: FormulaBox<Value>
  ) -> Value {
    let (x, y) = prediction.centerOffset(from: target)
    let width = 0.5 * (prediction.width - target.width)
    let height = 0.5 * (prediction.height - target.height)
    let distance = Value.sqrt((x * x + y * y) + (width * width + height * height))
    return 1 - .exp(-distance / Value(constant))
  }
}
