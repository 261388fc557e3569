import LossCore
import LossKernels

/// The box coder of FSAF: distances from the prior's centre to the upper, lower, left and right side.
///
/// With the centre (x, y) of the prior: (y − y1, y2 − y, x − x1, x2 − x), in sides of the prior or in pixels, divided
/// by `divisor`.
public struct TBLRBoxCoder: BoxCoder {
  static let divisor = Parameter(
    "divisor", .number(.between(1e-30, 1e30)), default: 4, help: "What distances are divided by.")
  static let normalizes = Parameter(
    "normalize", .boolean, default: true,
    help: "Whether distances are in sides of the prior, else in pixels.")

  public static let declaration = Declaration(
    name: "tblr",
    summary: "Distances from the prior's centre to the upper, lower, left and right side.",
    formula: """
      target = (y - y1, y2 - y, x - x1, x2 - x) / unit / divisor
      (x, y): centre of the prior; unit: (h_p, h_p, w_p, w_p) with normalize, else 1
      """,
    source: "Zhu et al. 2019, arXiv:1903.00621; TBLRBBoxCoder of mmdetection",
    parameters: [divisor, normalizes])

  @usableFromInline
  let divisor: Double
  @usableFromInline
  let normalizes: Bool

  public init(parameters: Parameters) {
    divisor = parameters[Self.divisor]
    normalizes = parameters[Self.normalizes]
  }

  public func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float> {
    let x = (prior.x1 + prior.x2) / 2
    let y = (prior.y1 + prior.y2) / 2
    var distances = SIMD4(y - box.y1, box.y2 - y, x - box.x1, box.x2 - x)
    if normalizes {
      let (width, height) = (prior.width(), prior.height())
      distances /= SIMD4(height, height, width, width)
    }
    return distances / Float(divisor)
  }

  @inlinable @inline(__always)
  public func decode<Value: FormulaValue>(
    _ deltas: FormulaDeltas<Value>, relativeTo prior: FormulaBox<Value>
  ) -> FormulaBox<Value> {
    let center = prior.center
    let width = normalizes ? prior.width * Value(divisor) : Value(divisor)
    let height = normalizes ? prior.height * Value(divisor) : Value(divisor)
    return FormulaBox(
      center.x - width * deltas.2, center.y - height * deltas.0,
      center.x + width * deltas.3, center.y + height * deltas.1)
  }
}
