import LossCore

/// The proposals that come with an image.
public struct Proposals: PriorGenerator {
  /// Name, rule and parameters.
  public static let declaration = Declaration(
    name: "proposals",
    summary: "Proposals given with each image.",
    formula: "the boxes as given, then the ground truths if append_ground_truth is true",
    source: "Ren et al. 2015, arXiv:1506.01497: the second stage",
    parameters: [
      .boolean(
        "append_ground_truth", default: false,
        "Whether ground-truth boxes are added to the proposals; false where the given ones "
          + "already hold them.")
    ])

  private let appendsGroundTruth: Bool

  /// Makes the generator from checked parameters.
  public init(parameters: Parameters) throws(ParameterError) {
    appendsGroundTruth = try parameters.boolean("append_ground_truth")
  }

  /// The priors don't lie on feature maps.
  public var priorsPerCell: [Int]? { nil }

  /// The proposals of one image.
  public func priors(for request: PriorRequest) throws(InputError) -> [Box] {
    guard let proposals = request.proposals else {
      throw InputError("proposals", "none were given; put them into the bundle as \"proposals\"")
    }
    return appendsGroundTruth ? proposals + request.groundTruth.boxes : proposals
  }
}
