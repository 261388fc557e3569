import LossCore

/// The anchors of py-faster-rcnn: corner boxes of `base_size` pixels, rounded, shifted by the stride.
///
/// A base box from (0, 0) to (base_size − 1, base_size − 1), both included, keeps its centre while it
/// takes each aspect ratio r = height / width: width round(√(area / r)), height round(width · r), with
/// halves to even. Each of these takes each scale. The anchors of cell (row, column) are these boxes
/// shifted by (column, row) · stride. Within a cell, ratios are outermost.
public struct AnchorGrid: PriorGenerator {
  /// Name, rule and parameters.
  public static let declaration = Declaration(
    name: "anchor_grid",
    summary: "Anchors of py-faster-rcnn: rounded, with the inclusive corners of a base box.",
    formula: """
      base box (0, 0, base_size - 1, base_size - 1), area base_size^2
      width_r = round(sqrt(area / r)), height_r = round(width_r r), times each scale
      shifted by (column, row) * stride; order within a cell: ratio, then scale
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; generate_anchors of py-faster-rcnn",
    parameters: [
      .numbers(
        "base_size", default: 16, .atLeast(1),
        "Side of the base box in pixels; one for all levels, or one a level."),
      .numbers(
        "scales", default: [8, 16, 32], .above(0), "What the base box's sides are multiplied by."),
      .numbers("ratios", default: [0.5, 1, 2], .above(0), "Height over width."),
      .numbers(
        "strides", default: [16], .above(0), "Pixels between two cells, one number a level."),
    ])

  private let cells: [[Box]]
  private let strides: [Double]

  /// Makes the grid from checked parameters.
  ///
  /// - Throws: ``ParameterError`` where there are neither one nor as many base sizes as strides, a cell
  ///   has too many anchors, or a ratio rounds a side to nothing.
  public init(parameters: Parameters) throws(ParameterError) {
    let sizes = try parameters.numbers("base_size")
    let scales = try parameters.numbers("scales")
    let ratios = try parameters.numbers("ratios")
    let strides = try parameters.numbers("strides")
    guard sizes.count == 1 || sizes.count == strides.count else {
      throw ParameterError(
        "base_size", "has \(sizes.count) values for \(strides.count) strides; expected 1 or as many"
      )
    }
    try Self.checkPriorsPerCell(
      strides.map { _ in [ratios.count, scales.count] }, parameter: "ratios")
    self.strides = strides
    self.cells = strides.indices.map { level in
      let size = sizes[sizes.count == 1 ? 0 : level]
      let center = 0.5 * (size - 1)
      return ratios.flatMap { ratio in
        let width = (size * size / ratio).squareRoot().rounded(.toNearestOrEven)
        let height = (width * ratio).rounded(.toNearestOrEven)
        return scales.map { scale in
          let x = 0.5 * (width * scale - 1)
          let y = 0.5 * (height * scale - 1)
          return Box(Float(center - x), Float(center - y), Float(center + x), Float(center + y))
        }
      }
    }
    if let box = cells.joined().first(where: { !$0.isFinite || $0.area(.inclusive) <= 0 }) {
      throw ParameterError(
        "ratios",
        "make the anchor \(box.coordinates); expected finite sides that don't round to 0")
    }
  }

  /// Ratios times scales, on each level.
  public var priorsPerCell: [Int]? { cells.map(\.count) }

  /// The anchors of one image.
  public func priors(for request: PriorRequest) throws(InputError) -> [Box] {
    try shift(cells, strides: strides, offset: 0, over: request.featureMaps)
  }
}
