import LossCore
import LossKernels

/// The box coder of DETR: centre and sides in shares of the prior's.
///
/// With the upper left corner (x_p, y_p) of the prior and its sides w_p, h_p: ((x − x_p) / w_p, (y − y_p) / h_p,
/// w / w_p, h / h_p), (x, y) being the centre of the box. The prior is as a rule the whole image
/// (``Queries``), so that the numbers are from 0 to 1.
public struct NormalizedBoxCoder: BoxCoder {
  public static let declaration = Declaration(
    name: "normalized_cxcywh",
    summary: "Centre and sides in shares of the prior, which is the image as a rule.",
    formula: """
      target = ((x - x_p) / w_p, (y - y_p) / h_p, w / w_p, h / h_p)
      (x, y): centre of the box; (x_p, y_p): upper left corner of the prior
      """,
    source: "Carion et al. 2020, arXiv:2005.12872")

  public init(parameters: Parameters) {}

  public func encode(_ box: Box, relativeTo prior: Box) -> SIMD4<Float> {
    let (width, height) = (prior.width(), prior.height())
    return SIMD4(
      ((box.x1 + box.x2) / 2 - prior.x1) / width, ((box.y1 + box.y2) / 2 - prior.y1) / height,
      box.width() / width, box.height() / height)
  }

  @inlinable @inline(__always)
  public func decode<Value: FormulaValue>(
    _ deltas: FormulaDeltas<Value>, relativeTo prior: FormulaBox<Value>
  ) -> FormulaBox<Value> {
    let (width, height) = (prior.width, prior.height)
    let x = deltas.0 * width + prior.x1
    let y = deltas.1 * height + prior.y1
    let halfWidth = 0.5 * (deltas.2 * width)
    let halfHeight = 0.5 * (deltas.3 * height)
    return FormulaBox(x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight)
  }
}
