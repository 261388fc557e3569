/// The ground truths that sixteen priors overlap most.
struct VectorMatch: Sendable {
  /// The largest overlap of each prior.
  var overlap = SIMD16<Float>(repeating: 0)
  /// The ground truth that it is with, the first of equals.
  var groundTruth = SIMD16<Int32>(repeating: 0)
}

extension PriorGroup {
  /// For each vector the ground truths that its priors overlap most.
  ///
  /// - Parameters:
  ///   - groundTruths: In ascending order.
  ///   - tops: Receives for each ground truth the largest overlaps with every fourth prior.
  func matches(
    with groundTruths: GroundTruthList, extent: Float, tops: inout [SIMD4<Float>]
  ) -> [VectorMatch] {
    vectors.indices.map { place in
      var match = VectorMatch()
      groundTruths.forEachTouching(vectorBounds[place], extent: extent) {
        compare(
          groundTruths.boxes[$0], groundTruths.indices[$0], with: vectors[place], extent: extent,
          match: &match, top: &tops[$0])
      }
      return match
    }
  }

  /// For each vector the last of the ground truths that its priors overlap by as much as any prior does,
  /// or −1.
  func closest(to groundTruths: GroundTruthList, extent: Float) -> [SIMD16<Int32>] {
    vectors.indices.map { place in
      var closestTo = SIMD16<Int32>(repeating: -1)
      groundTruths.forEachReached(by: vectorBounds[place], extent: extent) {
        find(
          groundTruths.boxes[$0], groundTruths.indices[$0], groundTruths.best[$0],
          in: vectors[place], extent: extent, closestTo: &closestTo)
      }
      return closestTo
    }
  }
}

@inline(never)
private func compare(
  _ box: MeasuredBox, _ index: Int32, with priors: BoxVector, extent: Float,
  match: inout VectorMatch, top: inout SIMD4<Float>
) {
  let overlap = BoxVector(repeating: box).overlap(priors, extent: extent)
  let isMore = match.overlap .< overlap
  match.overlap.replace(with: overlap, where: isMore)
  match.groundTruth.replace(with: SIMD16(repeating: index), where: isMore)
  let greatest = greatestOfQuarters(overlap)
  top.replace(with: greatest, where: top .< greatest)
}

@inline(never)
private func find(
  _ box: MeasuredBox, _ index: Int32, _ overlap: Float, in priors: BoxVector, extent: Float,
  closestTo: inout SIMD16<Int32>
) {
  let overlaps = BoxVector(repeating: box).overlap(priors, extent: extent)
  // In ascending order, so that the last one stays.
  closestTo.replace(
    with: SIMD16(repeating: index), where: overlaps .== SIMD16(repeating: overlap))
}
