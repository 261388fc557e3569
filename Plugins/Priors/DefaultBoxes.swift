import LossCore

/// The default boxes of SSD: squares of two sizes, and oblong boxes in pairs, around the centre of each cell.
///
/// Level k has the size s_k and the next one's s_{k+1}. A cell has a square of s_k, one of √(s_k s_{k+1}), and for
/// each ratio r of its level a box of s_k √r by s_k / √r and the same upright, in this order. There is one size
/// more than levels.
public struct DefaultBoxes: PriorGenerator {
  static let sizes = Parameter(
    "sizes", .list(of: .number(.above(0))), default: [21, 45, 99, 153, 207, 261, 315],
    help: "Sides of the squares: one a level, and one beyond the last.")
  static let ratios = Parameter(
    "ratios", .list(of: .list(of: .number(.above(0)))),
    default: [[2], [2, 3], [2, 3], [2, 3], [2], [2]],
    help: "Long side over short side: a list for each level.")
  static let strides = Parameter(
    "strides", .list(of: .number(.above(0))), default: [8, 16, 32, 64, 100, 300],
    help: "Pixels between two cells, one number a level.")
  static let relative = Parameter(
    "relative", .boolean, default: false,
    help: "Whether sizes are shares of the image's width and height, as in torchvision.")
  static let clips = Parameter(
    "clip", .boolean, default: false,
    help: "Whether no side is longer than the image's, as in torchvision.")

  public static let declaration = Declaration(
    name: "default_boxes",
    summary: "SSD's default boxes: two squares a cell, and two boxes for each ratio.",
    formula: """
      (width, height) = (s_k, s_k), (t, t) with t = sqrt(s_k s_(k+1)),
        (s_k sqrt(r), s_k / sqrt(r)) and (s_k / sqrt(r), s_k sqrt(r)) for each ratio r
      centred on (column + 0.5, row + 0.5) * stride
      """,
    source: "Liu et al. 2016, arXiv:1512.02325; DefaultBoxGenerator of torchvision, "
      + "SSDAnchorGenerator of mmdetection",
    parameters: [sizes, ratios, strides, relative, clips])

  /// Width and height of the boxes of a cell, level by level.
  private let sides: [[SIMD2<Double>]]
  private let strides: [Double]
  private let relative: Bool
  private let clips: Bool

  /// - Throws: ``ParameterError`` if there isn't a list of ratios for each stride, or one size more than
  ///   strides; a cell has too many boxes; or one has sides that single precision can't hold.
  public init(parameters: Parameters) throws(ParameterError) {
    let sizes = parameters[Self.sizes]
    let ratios = parameters[Self.ratios]
    strides = parameters[Self.strides]
    relative = parameters[Self.relative]
    clips = parameters[Self.clips]
    guard ratios.count == strides.count else {
      throw ParameterError(
        "ratios",
        "has \(ratios.count) levels for \(strides.count) strides; expected a list for each stride")
    }
    guard sizes.count == strides.count + 1 else {
      throw ParameterError(
        "sizes",
        "has \(sizes.count) numbers for \(strides.count) strides; expected one more than strides")
    }
    try Self.checkPriorsPerCell(ratios.map { [2, $0.count + 1] }, parameter: "ratios")
    sides = ratios.indices.map { level in
      let (size, next) = (sizes[level], sizes[level + 1])
      let squares = [size, (size * next).squareRoot()].map { SIMD2($0, $0) }
      return squares
        + ratios[level].flatMap { ratio in
          let (long, short) = (size * ratio.squareRoot(), size / ratio.squareRoot())
          return [SIMD2(long, short), SIMD2(short, long)]
        }
    }
    try Self.checkSides(cells { $0 }, parameter: "sizes")
  }

  /// The boxes of a cell around its centre, level by level, with the sides that `change` makes of theirs.
  private func cells(_ change: (SIMD2<Double>) -> SIMD2<Double>) -> [[Box]] {
    sides.map { level in
      level.map { sides in
        let half = SIMD2<Float>(change(sides) / 2)
        return Box(-half.x, -half.y, half.x, half.y)
      }
    }
  }

  public var priorsPerCell: [Int]? { sides.map(\.count) }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    let image = SIMD2(Double(request.imageSize.width), Double(request.imageSize.height))
    let cells = cells { sides in
      let inPixels = relative ? sides * image : sides
      return clips ? pointwiseMin(inPixels, image) : inPixels
    }
    return try shift(cells, strides: strides, offset: 0.5, over: request.featureMaps)
  }
}
