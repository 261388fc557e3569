import LossCore

/// Takes the priors that a recorded draw took, to reproduce somebody else's numbers.
public struct RecordedSampler: Sampler {
  public static let declaration = Declaration(
    name: "recorded",
    summary: "The priors that the bundle's mask \"<stage>.sampled\" marks.",
    formula: "positives: marked and assigned; negatives: marked and background",
    source: "LossKit")

  public init(parameters: Parameters) {}

  /// - Throws: ``InputError`` if no draw was recorded, its length is another than the number of
  ///   priors, or it took a prior that the assigner ignores.
  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    let name = "\(request.stage).sampled"
    guard let recorded = request.recorded else {
      throw InputError(name, "is not recorded; give one number a prior, 1 where it was drawn")
    }
    guard recorded.count == assignment.matches.count else {
      throw InputError(
        name,
        "has \(recorded.count) elements for image \(request.image); "
          + "expected one for each of its \(assignment.matches.count) priors")
    }
    if let prior = recorded.indices.first(where: {
      recorded[$0] && assignment.matches[$0] == Assignment.ignored
    }) {
      throw InputError(
        "\(name) image \(request.image), prior \(prior)",
        "was drawn, but the assigner ignores it; check the assigner's thresholds and border")
    }
    let all = Sample(everyPriorOf: assignment)
    return Sample(
      positives: all.positives.filter { recorded[$0] },
      negatives: all.negatives.filter { recorded[$0] })
  }
}
