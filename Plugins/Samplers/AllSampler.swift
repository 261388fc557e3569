import LossCore

/// Takes every prior that is positive or background, as dense detectors do.
public struct AllSampler: Sampler {
  public static let declaration = Declaration(
    name: "all",
    summary: "Every prior that is positive or background.",
    formula: "positives: all; negatives: all",
    source: "Lin et al. 2017, arXiv:1708.02002: no sampling")

  public init(parameters: Parameters) {}

  public func sample(
    _ assignment: Assignment, _ request: SampleRequest
  ) throws(InputError) -> Sample {
    Sample(everyPriorOf: assignment)
  }
}
