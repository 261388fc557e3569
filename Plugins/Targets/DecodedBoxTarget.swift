import LossCore

/// The matched box itself, with which a loss compares the box that predictions decode to.
public struct DecodedBoxTarget: Target {
  /// What coordinates are counted in.
  enum Unit: String, CaseIterable {
    case pixel, image
  }

  static let unit = Parameter(
    "unit", .choice, default: Unit.pixel,
    help: "What coordinates are counted in: pixels, or the sides of the image.")

  public static let declaration = Declaration(
    name: "decoded_box",
    summary: "The matched box itself, for a loss on boxes; positives only.",
    formula: """
      the matched box; predictions are decoded by the stage's coder before the loss
      unit image: both with x over the image's width, y over its height
      """,
    source: "Rezatofighi et al. 2019, arXiv:1902.09630; DIIHead of mmdetection (image)",
    parameters: [unit])

  private let unit: Unit

  public init(parameters: Parameters) { unit = parameters[Self.unit] }

  public var scope: RowScope { .positives }
  public var columns: TargetColumns { .decodedBox }
  public var comparesShares: Bool { unit == .image }

  public func values(for image: MatchedPriors) -> TargetValues {
    guard comparesShares else { return .numbers(image.boxes.rows()) }
    let size = SIMD2(Float(image.imageSize.width), Float(image.imageSize.height))
    let sides = SIMD4(lowHalf: size, highHalf: size)
    return .numbers(
      image.boxes.flatMap { box in
        let shares = box.corners / sides
        return shares.indices.map { shares[$0] }
      })
  }
}
