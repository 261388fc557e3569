import LossCore

/// The anchors of YOLO: boxes of given widths and heights around the centre of each cell.
public struct SizedAnchors: PriorGenerator {
  static let widths = Parameter(
    "widths", .list(of: .list(of: .number(.above(0)))),
    default: [[10, 16, 33], [30, 62, 59], [116, 156, 373]],
    help: "Widths in pixels: a list for each level.")
  static let heights = Parameter(
    "heights", .list(of: .list(of: .number(.above(0)))),
    default: [[13, 30, 23], [61, 45, 119], [90, 198, 326]],
    help: "Heights in pixels: for each width one.")
  static let strides = Parameter(
    "strides", .list(of: .number(.above(0))), default: [8, 16, 32],
    help: "Pixels between two cells, one number a level.")

  public static let declaration = Declaration(
    name: "sized_anchors",
    summary: "Anchors of given widths and heights, as YOLO takes them from a data set.",
    formula: "(width, height) of the level, centred on (column + 0.5, row + 0.5) * stride",
    source: "Redmon and Farhadi 2018, arXiv:1804.02767; YOLOAnchorGenerator of mmdetection",
    parameters: [widths, heights, strides])

  private let cells: [[Box]]
  private let strides: [Double]

  /// - Throws: ``ParameterError`` if there isn't a list of widths for each stride, or a height for each width;
  ///   a cell has too many anchors, or one has sides that single precision can't hold.
  public init(parameters: Parameters) throws(ParameterError) {
    let widths = parameters[Self.widths]
    let heights = parameters[Self.heights]
    strides = parameters[Self.strides]
    guard widths.count == strides.count else {
      throw ParameterError(
        "widths",
        "has \(widths.count) levels for \(strides.count) strides; expected a list for each stride")
    }
    guard heights.map(\.count) == widths.map(\.count) else {
      throw ParameterError(
        "heights",
        "has levels of \(heights.map(\.count)) numbers for widths of \(widths.map(\.count)); expected one "
          + "for each width")
    }
    try Self.checkPriorsPerCell(widths.map { [$0.count] }, parameter: "widths")
    cells = zip(widths, heights).map { widths, heights in
      zip(widths, heights).map { width, height in
        let (x, y) = (Float(width / 2), Float(height / 2))
        return Box(-x, -y, x, y)
      }
    }
    try Self.checkSides(cells, parameter: "widths")
  }

  public var priorsPerCell: [Int]? { cells.map(\.count) }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    try shift(cells, strides: strides, offset: 0.5, over: request.featureMaps)
  }
}
