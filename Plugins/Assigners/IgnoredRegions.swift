import LossCore

/// The parameter of all assigners that say from where on a prior lies in an ignored region.
let ignoreOverlap = Parameter(
  "ignore_overlap", .number(.above(0)), default: 0.5,
  help: "Share of a prior's area in an ignored region from which on it is ignored.")

extension GroundTruth {
  // Inlined, as few images have any and the question is asked of each prior.
  /// Whether an ignored region covers `share` of a prior's area or more.
  @inline(__always)
  func ignores(
    _ prior: Box, from share: Float, _ convention: PixelConvention = .continuous
  ) -> Bool {
    !ignoredRegions.isEmpty
      && ignoredRegions.contains { region in
        let shared = region.intersection(prior, convention)
        return shared > 0 && shared >= share * prior.area(convention)
      }
  }
}
