import LossCore

/// The anchors of torchvision and detectron2: boxes around a point of each cell.
///
/// For size s and aspect ratio r = height / width: width s / √r, height s · √r, so that the area is
/// s². torchvision rounds the half sides (halves to even) and centres on the cell's corner
/// (`offset` 0); detectron2 doesn't round.
public struct CenteredAnchorGrid: PriorGenerator {
  /// What varies slowest within a cell.
  enum Outermost: String, CaseIterable {
    case ratio, size
  }

  static let sizes = Parameter(
    "sizes", .list(of: .list(of: .number(.above(0)))), default: [[128, 256, 512]],
    help: "Square roots of the areas in pixels: a list for each level.")
  static let ratios = Parameter(
    "ratios", .list(of: .number(.above(0))), default: [0.5, 1, 2], help: "Height over width.")
  static let strides = Parameter(
    "strides", .list(of: .number(.above(0))), default: [16],
    help: "Pixels between two cells, one number a level.")
  static let offset = Parameter(
    "offset", .number(.between(0, 1)), default: 0,
    help: "Where in its cell an anchor is centred, in strides.")
  static let rounds = Parameter(
    "round", .boolean, default: true,
    help: "Whether half sides are rounded, as torchvision does.")
  static let outermost = Parameter(
    "outermost", .choice, default: Outermost.ratio,
    help: "Which varies slowest within a cell: torchvision's ratio, or detectron2's size.")
  static let ignoresPadding = Parameter(
    "ignore_padding", .boolean, default: false,
    help:
      "Whether anchors of cells beyond an image's padded size are ignored, where that is given, as in "
      + "mmdetection.")

  public static let declaration = Declaration(
    name: "centered_anchor_grid",
    summary: "Anchors of torchvision and detectron2: centred on a point of each cell.",
    formula: """
      width = s / sqrt(r), height = s sqrt(r) for size s, ratio r
      box = (-width/2, -height/2, width/2, height/2), rounded if round is true
      shifted by (column + offset, row + offset) * stride
      """,
    source:
      "torchvision AnchorGenerator; detectron2 DefaultAnchorGenerator; AnchorGenerator of mmdetection",
    parameters: [sizes, ratios, strides, offset, rounds, outermost, ignoresPadding])

  private let cells: [[Box]]
  private let strides: [Double]
  private let offset: Double
  private let ignoresPadding: Bool

  /// - Throws: ``ParameterError`` if there aren't as many lists of sizes as strides, a cell has too
  ///   many anchors, or a side is rounded to 0.
  public init(parameters: Parameters) throws(ParameterError) {
    let sizes = parameters[Self.sizes]
    let ratios = parameters[Self.ratios]
    let rounds = parameters[Self.rounds]
    let outermost = parameters[Self.outermost]
    strides = parameters[Self.strides]
    offset = parameters[Self.offset]
    ignoresPadding = parameters[Self.ignoresPadding]
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
      switch outermost {
      case .ratio: ratios.flatMap { ratio in sizes.map { box($0, ratio) } }
      case .size: sizes.flatMap { size in ratios.map { box(size, $0) } }
      }
    }
    try Self.checkSides(cells, parameter: "sizes")
  }

  public var priorsPerCell: [Int]? { cells.map(\.count) }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    try shift(
      cells, strides: strides, offset: offset, over: request.featureMaps,
      within: ignoresPadding ? request.paddedSize : nil)
  }
}
