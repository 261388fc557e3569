import Synchronization

/// The ground truth that a prior overlaps most.
public struct BestOverlap: Sendable, Equatable {
  /// The largest intersection over union with a ground truth, from 0 to 1.
  public let overlap: Float
  /// The index of the ground truth that it is with: the first in a tie, 0 where the prior overlaps none.
  public let groundTruth: Int32
  /// Whether no other prior overlaps some ground truth more.
  public let isClosest: Bool
}

/// For each prior the ground truth that it overlaps most, and whether it is the closest prior of one.
///
/// Overlaps are computed as `Box.iou` does, to the bit; one that isn't a number, because areas are
/// beyond the largest number, counts as 0. Priors of like shape and place are kept together, and only
/// those whose bounds a ground truth touches are compared with it. Memory is that of the priors and
/// the ground truths.
///
/// - Parameters:
///   - priors: The boxes (x1, y1, x2, y2); nothing for one that takes no part.
///   - groundTruths: The boxes (x1, y1, x2, y2).
///   - extent: What is added to differences of coordinates to make sides.
///   - leastOverlap: Closest priors count from this overlap on; at 0 all priors are closest to a ground
///     truth that none overlaps. Where nothing is given, none counts.
///   - workers: How many threads to use.
/// - Returns: As many elements as there are priors; nothing for those that take no part.
public func bestOverlaps(
  of priors: [SIMD4<Float>?], with groundTruths: [SIMD4<Float>], extent: Float,
  closestFrom leastOverlap: Float?, on workers: Workers
) -> [BestOverlap?] {
  var all = GroundTruthList()
  var area = MeasuredBox()
  for (index, corners) in groundTruths.enumerated() {
    let box = MeasuredBox(corners, extent: extent)
    all.append(box, index: Int32(truncatingIfNeeded: index))
    area.formBounds(with: box)
  }
  let order = BoxOrder(priors, over: area, on: workers)
  let groupSize = PriorGroup.count * BoxVector.count
  let groupCount = (order.indices.count + groupSize - 1) / groupSize
  let groups = workers.map(below: groupCount) {
    PriorGroup($0, of: priors, in: order, extent: extent)
  }

  let best = Mutex([Float](repeating: 0, count: groundTruths.count))
  let matches = workers.map(below: groupCount) { [all] group in
    let near = all.touching(groups[group].bounds, extent: extent)
    var tops = [SIMD4<Float>](repeating: SIMD4(), count: near.boxes.count)
    let matches = groups[group].matches(with: near, extent: extent, tops: &tops)
    best.withLock { best in
      for (index, top) in zip(near.indices, tops) {
        best[Int(index)] = max(best[Int(index)], top.max())
      }
    }
    return matches
  }

  var closest: [[SIMDMask<SIMD16<Int32>>]] = []
  var areAllClosest = false
  if let leastOverlap {
    let best = best.withLock { $0 }
    var claiming = GroundTruthList()
    for (index, overlap) in best.enumerated() where overlap >= leastOverlap {
      if overlap == 0 { areAllClosest = true }
      claiming.append(all.boxes[index], index: Int32(truncatingIfNeeded: index), best: overlap)
    }
    if !areAllClosest {
      closest = workers.map(below: groupCount) { [claiming] group in
        groups[group].closest(
          to: claiming.reached(by: groups[group].bounds, extent: extent), extent: extent)
      }
    }
  }

  let flatMatches = Array(matches.joined())
  let flatClosest = Array(closest.joined())
  return workers.map(below: priors.count, inBlocksOf: 4096) { [areAllClosest] index in
    let place = Int(order.places[index])
    guard place >= 0 else { return nil }
    let (vector, lane) = (place / BoxVector.count, place % BoxVector.count)
    return BestOverlap(
      overlap: flatMatches[vector].overlap[lane],
      groundTruth: flatMatches[vector].groundTruth[lane],
      isClosest: areAllClosest || !flatClosest.isEmpty && flatClosest[vector][lane])
  }
}
