import LossCore

/// The anchors of torchvision and detectron2: boxes around a point of each cell.
///
/// For size s and aspect ratio r = height / width: width s / √r, height s · √r, so that the area is
/// s². torchvision rounds the half sides (halves to even) and centres on the cell's corner
/// (`offset` 0); detectron2 doesn't round.
public struct CenteredAnchorGrid: PriorGenerator {
  /// Name, rule and parameters.
  public static let declaration = Declaration(
    name: "centered_anchor_grid",
    summary: "Anchors of torchvision and detectron2: centred on a point of each cell.",
    formula: """
      width = s / sqrt(r), height = s sqrt(r) for size s, ratio r
      box = (-width/2, -height/2, width/2, height/2), rounded if round is true
      shifted by (column + offset, row + offset) * stride
      """,
    source: "torchvision AnchorGenerator; detectron2 DefaultAnchorGenerator",
    parameters: [
      Parameter(
        "sizes", .list(of: .list(of: .number(.above(0)), count: nil), count: nil),
        default: [[128, 256, 512]],
        "Square roots of the areas in pixels: a list for each level."),
      .numbers("ratios", default: [0.5, 1, 2], .above(0), "Height over width."),
      .numbers(
        "strides", default: [16], .above(0), "Pixels between two cells, one number a level."),
      .number(
        "offset", default: 0, .between(0, 1), "Where in its cell an anchor is centred, in strides."
      ),
      .boolean("round", default: true, "Whether half sides are rounded, as torchvision does."),
      Parameter(
        "outermost", .choice(["ratio", "size"]), default: "ratio",
        "Which varies slowest within a cell: torchvision's ratio, or detectron2's size."),
    ])

  private let cells: [[Box]]
  private let strides: [Double]
  private let offset: Double

  /// Makes the grid from checked parameters.
  ///
  /// - Throws: ``ParameterError`` where there aren't as many lists of sizes as strides, a cell has too
  ///   many anchors, or a side is rounded to nothing.
  public init(parameters: Parameters) throws(ParameterError) {
    let sizes = try parameters.numberLists("sizes")
    let ratios = try parameters.numbers("ratios")
    let rounds = try parameters.boolean("round")
    let ratioIsOutermost = try parameters.string("outermost") == "ratio"
    strides = try parameters.numbers("strides")
    offset = try parameters.number("offset")
    guard sizes.count == strides.count else {
      throw ParameterError(
        "sizes",
        "has \(sizes.count) levels for \(strides.count) strides; expected a list for each stride")
    }
    try Self.checkPriorsPerCell(sizes.map { [ratios.count, $0.count] }, parameter: "ratios")
    func box(_ size: Double, _ ratio: Double) -> Box {
      let root = ratio.squareRoot()
      let x = 0.5 * size / root
      let y = 0.5 * size * root
      let halfWidth = Float(rounds ? x.rounded(.toNearestOrEven) : x)
      let halfHeight = Float(rounds ? y.rounded(.toNearestOrEven) : y)
      return Box(-halfWidth, -halfHeight, halfWidth, halfHeight)
    }
    cells = sizes.map { sizes in
      ratioIsOutermost
        ? ratios.flatMap { ratio in sizes.map { box($0, ratio) } }
        : sizes.flatMap { size in ratios.map { box(size, $0) } }
    }
    if let box = cells.joined().first(where: { !$0.isFinite || $0.area() <= 0 }) {
      throw ParameterError(
        "sizes", "make the anchor \(box.coordinates); expected finite sides that don't round to 0")
    }
  }

  /// Ratios times sizes, on each level.
  public var priorsPerCell: [Int]? { cells.map(\.count) }

  /// The anchors of one image.
  public func priors(for request: PriorRequest) throws(InputError) -> [Box] {
    try shift(cells, strides: strides, offset: offset, over: request.featureMaps)
  }
}
