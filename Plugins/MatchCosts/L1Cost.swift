import LossCore

/// The distance of the predicted box from the ground truth, coordinate by coordinate, in shares of the image.
public struct L1Cost: MatchCost {
  /// Which four numbers of a box are compared.
  enum Format: String, CaseIterable {
    case corners = "xyxy"
    case center = "cxcywh"
  }

  static let format = Parameter(
    "format", .choice, default: Format.center,
    help: "Which numbers of a box are compared: centre and sides, or corners.")

  public static let declaration = Declaration(
    name: "l1",
    summary: "The L1 distance of the predicted box from the ground truth, in shares of the image.",
    formula: """
      sum of |prediction - ground truth|
      horizontal numbers over the image's width, vertical ones over its height
      """,
    source: "Carion et al. 2020, arXiv:2005.12872; BBoxL1Cost of mmdetection",
    parameters: [format])

  private let format: Format

  public init(parameters: Parameters) { format = parameters[Self.format] }

  public var reads: Set<StageInput> { [.boxes] }

  public func costs(
    of priors: [Int], with object: Int, in request: AssignmentRequest
  ) -> [Float] {
    let size = SIMD2(Float(request.imageSize.width), Float(request.imageSize.height))
    let scale = SIMD4(lowHalf: size, highHalf: size)
    let target = numbers(of: request.groundTruth.boxes[object].corners / scale)
    return priors.map { prior in
      let difference = numbers(of: request.predictions.boxes[prior].corners / scale) - target
      return difference.indices.reduce(0) { $0 + difference[$1].magnitude }
    }
  }

  private func numbers(of corners: SIMD4<Float>) -> SIMD4<Float> {
    guard format == .center else { return corners }
    return SIMD4(
      lowHalf: (corners.lowHalf + corners.highHalf) / 2,
      highHalf: corners.highHalf - corners.lowHalf)
  }
}
