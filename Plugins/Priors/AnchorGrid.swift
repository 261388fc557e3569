import LossCore

/// The anchors of py-faster-rcnn: corner boxes of `base_size` pixels, rounded, shifted by the stride.
///
/// A base box from (0, 0) to (base_size − 1, base_size − 1), both included, keeps its centre while it
/// takes each aspect ratio r = height / width: width round(√(area / r)), height round(width · r), with
/// halves to even. Each of these takes each scale. The anchors of cell (row, column) are these boxes
/// shifted by (column, row) · stride. Within a cell, ratios are outermost.
public struct AnchorGrid: PriorGenerator {
  static let baseSize = Parameter(
    "base_size", .list(of: .number(.atLeast(1))), default: 16,
    help: "Side of the base box in pixels; one for all levels, or one a level.")
  static let scales = Parameter(
    "scales", .list(of: .number(.above(0))), default: [8, 16, 32],
    help: "What the base box's sides are multiplied by.")
  static let ratios = Parameter(
    "ratios", .list(of: .number(.above(0))), default: [0.5, 1, 2], help: "Height over width.")
  static let strides = Parameter(
    "strides", .list(of: .number(.above(0))), default: [16],
    help: "Pixels between two cells, one number a level.")

  public static let declaration = Declaration(
    name: "anchor_grid",
    summary: "Anchors of py-faster-rcnn: rounded, with the inclusive corners of a base box.",
    formula: """
      base box (0, 0, base_size - 1, base_size - 1), area base_size^2
      width_r = round(sqrt(area / r)), height_r = round(width_r r), times each scale
      shifted by (column, row) * stride; order within a cell: ratio, then scale
      """,
    source: "Ren et al. 2015, arXiv:1506.01497; generate_anchors of py-faster-rcnn",
    parameters: [baseSize, scales, ratios, strides])

  private let cells: [[Box]]
  private let strides: [Double]

  /// - Throws: ``ParameterError`` if there are neither one nor as many base sizes as strides, a cell
  ///   has too many anchors, or a ratio rounds a side to 0.
  public init(parameters: Parameters) throws(ParameterError) {
    let sizes = parameters[Self.baseSize]
    let scales = parameters[Self.scales]
    let ratios = parameters[Self.ratios]
    let strides = parameters[Self.strides]
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
    try Self.checkSides(cells, .inclusive, parameter: "ratios")
  }

  public var priorsPerCell: [Int]? { cells.map(\.count) }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    try shift(cells, strides: strides, offset: 0, over: request.featureMaps)
  }
}
