import LossCore

/// The proposals that come with an image.
public struct Proposals: PriorGenerator {
  static let appendsGroundTruth = Parameter(
    "append_ground_truth", .boolean, default: false,
    help: "Whether ground-truth boxes are added to the proposals; false where the given ones "
      + "already hold them.")

  public static let declaration = Declaration(
    name: "proposals",
    summary: "Proposals given with each image.",
    formula: "the boxes as given, then the ground truths if append_ground_truth is true",
    source: "Ren et al. 2015, arXiv:1506.01497: the second stage",
    parameters: [appendsGroundTruth])

  private let appendsGroundTruth: Bool

  public init(parameters: Parameters) {
    appendsGroundTruth = parameters[Self.appendsGroundTruth]
  }

  public var priorsPerCell: [Int]? { nil }

  public func priors(for request: PriorRequest) throws(InputError) -> Priors {
    guard let proposals = request.proposals else {
      throw InputError("proposals", "none were given; put them into the bundle as \"proposals\"")
    }
    return Priors(proposals, adding: appendsGroundTruth ? request.groundTruth : nil)
  }
}
