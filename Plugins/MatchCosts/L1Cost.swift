import LossCore
import LossKernels

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
    let width = FloatVector(Double(request.imageSize.width))
    let height = FloatVector(Double(request.imageSize.height))
    func numbers(_ box: FormulaBox<FloatVector>) -> FormulaBox<FloatVector> {
      let shares = FormulaBox(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)
      guard format == .center else { return shares }
      return FormulaBox(
        (shares.x1 + shares.x2) / 2, (shares.y1 + shares.y2) / 2, shares.width, shares.height)
    }
    let target = numbers(FormulaBox(repeating: request.groundTruth.boxes[object]))
    return request.evaluate(boxesOf: priors) { box in
      let found = numbers(box)
      return .abs(found.x1 - target.x1) + .abs(found.y1 - target.y1)
        + .abs(found.x2 - target.x2) + .abs(found.y2 - target.y2)
    }
  }
}
