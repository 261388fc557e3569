import LossCore

/// A point in each cell, as the square around it whose sides are the stride.
///
/// Point-based detectors measure distances from the points; the square's centre is the point, and its
/// side tells the level to whoever needs it.
public struct Points: PriorGenerator {
  static let strides = Parameter(
    "strides", .list(of: .number(.above(0))), default: [8, 16, 32, 64, 128],
    help: "Pixels between two cells, one number a level.")
  static let offset = Parameter(
    "offset", .number(.between(0, 1)), default: 0.5,
    help:
      "Where in its cell a point lies, in strides: 0.5 in mmdetection's FCOS, 0 in torchvision's.")

  public static let declaration = Declaration(
    name: "points",
    summary: "A point in each cell, as a square with the sides of the stride around it.",
    formula: """
      point = (column + offset, row + offset) * stride
      box = point -/+ stride / 2
      """,
    source: "Tian et al. 2019, arXiv:1904.01355; MlvlPointGenerator of mmdetection",
    parameters: [strides, offset])

  private let cells: [[Box]]
  private let strides: [Double]
  private let offset: Double

  /// - Throws: ``ParameterError`` if single precision can't hold a stride.
  public init(parameters: Parameters) throws(ParameterError) {
    strides = parameters[Self.strides]
    offset = parameters[Self.offset]
    cells = strides.map { stride in
      let half = Float(stride / 2)
      return [Box(-half, -half, half, half)]
    }
    try Self.checkSides(cells, parameter: "strides")
  }

  public var priorsPerCell: [Int]? { cells.map(\.count) }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    try shift(cells, strides: strides, offset: offset, over: request.featureMaps)
  }
}
