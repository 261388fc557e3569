/// The ground truth that a prior overlaps most.
public struct BestOverlap: Sendable, Equatable {
  /// The largest intersection over union with a ground truth, from 0 to 1.
  public let overlap: Float
  /// The index of the ground truth that it is with: the first in a tie, 0 where the prior overlaps none.
  public let groundTruth: Int32
  /// The last ground truth that no other prior overlaps more; −1 if there is none.
  public let closestTo: Int32
}

/// For each prior the ground truth that it overlaps most, and the last one of which it is the closest prior.
///
/// Overlaps are computed as `Box.iou` does, to the bit; one that isn't a number, because areas are
/// beyond the largest number, counts as 0. Only priors in groups whose bounds a ground truth touches are
/// compared with it. Memory is that of the priors and the ground truths.
///
/// - Parameters:
///   - priors: The boxes, in groups.
///   - groundTruths: The boxes (x1, y1, x2, y2).
///   - leastOverlap: Closest priors count from this overlap on; at 0 all priors are closest to a ground
///     truth that none overlaps. Where nothing is given, none counts.
///   - workers: How many threads to use.
/// - Returns: As many elements as there are priors; `nil` for those that are in no group.
public func bestOverlaps(
  of priors: GroupedPriors, with groundTruths: [SIMD4<Float>],
  closestFrom leastOverlap: Float?, on workers: Workers
) -> [BestOverlap?] {
  let extent = priors.extent
  let groups = priors.groups
  let all = GroundTruthList(groundTruths, extent: extent)
  let (matches, best) = search(groups, for: all, extent: extent, on: workers)
  // All priors are closest to a ground truth that none overlaps: there is nothing to search.
  let untouched = leastOverlap == 0 ? Int32(best.lastIndex(of: 0) ?? -1) : -1
  let closestTo =
    leastOverlap.map { least -> [SIMD16<Int32>] in
      let claiming = all.claiming(best, from: max(least, .leastNonzeroMagnitude))
      return findClosest(in: groups, to: claiming, extent: extent, on: workers)
    } ?? []

  return workers.map(below: priors.boxes.count, inBlocksOf: 4096) { index -> BestOverlap? in
    let place = Int(priors.places[index])
    guard place >= 0 else { return nil }
    let (vector, lane) = (place / BoxVector.count, place % BoxVector.count)
    return BestOverlap(
      overlap: matches[vector].overlap[lane],
      groundTruth: matches[vector].groundTruth[lane],
      closestTo: max(untouched, closestTo.isEmpty ? -1 : closestTo[vector][lane]))
  }
}

/// For each vector of priors the ground truths that they overlap most, and for each ground truth the
/// largest overlap that a prior has with it.
private func search(
  _ groups: [PriorGroup], for groundTruths: GroundTruthList, extent: Float, on workers: Workers
) -> (matches: [VectorMatch], best: [Float]) {
  let best = Lock([Float](repeating: 0, count: groundTruths.boxes.count))
  let matches = workers.map(below: groups.count) { group in
    let near = groundTruths.touching(groups[group].bounds, extent: extent)
    var tops = [SIMD4<Float>](repeating: SIMD4(), count: near.boxes.count)
    let matches = groups[group].matches(with: near, extent: extent, tops: &tops)
    // The order of groups doesn't matter to a maximum.
    best.withLock { best in
      for (index, top) in zip(near.indices, tops) {
        best[Int(index)] = max(best[Int(index)], top.max())
      }
    }
    return matches
  }
  return (Array(matches.joined()), best.withLock { $0 })
}

/// For each vector of priors the last ground truths that they overlap by as much as any does, or −1.
private func findClosest(
  in groups: [PriorGroup], to groundTruths: GroundTruthList, extent: Float, on workers: Workers
) -> [SIMD16<Int32>] {
  Array(
    workers.map(below: groups.count) { group in
      let near = groundTruths.reached(by: groups[group].bounds, extent: extent)
      return groups[group].closest(to: near, extent: extent)
    }.joined())
}
