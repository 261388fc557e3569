import LossCore
import LossKernels

/// Assigns priors to ground truths by a threshold that each ground truth sets itself: adaptive training
/// sample selection.
///
/// For each ground truth:
/// 1. its candidates are the `candidates` priors of each level whose centres are nearest to its own; in a
///    tie the first;
/// 2. the threshold is the mean of its candidates' IoU with it plus their standard deviation (unbiased,
///    over all levels; 0 for a single candidate);
/// 3. positive are the candidates with an IoU of the threshold or more whose centre lies inside the box, by
///    more than 0.01 pixels.
///
/// A prior that is positive for several is matched to the one that it overlaps most; in a tie to the first.
/// The rest is background. Priors in ignored regions are ignored, and no candidates.
public struct ATSSAssigner: Assigner {
  static let candidates = Parameter(
    "candidates", .integer(.between(1, 1000)), default: 9,
    help: "Nearest priors of each level that a ground truth looks at.")

  public static let declaration = Declaration(
    name: "atss",
    summary: "Each ground truth takes the best of the priors nearest to it, by their statistics.",
    formula: """
      candidates of a ground truth: the nearest ones of each level, by centres
      threshold = mean + standard deviation of their IoU
      positive: candidates with IoU >= threshold and their centre inside; background: the rest
      """,
    source: "Zhang et al. 2020, arXiv:1912.02424; ATSSAssigner of mmdetection",
    parameters: [candidates, Assigners.ignoreOverlap])

  private let candidates: Int
  private let ignoreOverlap: Float

  public init(parameters: Parameters) {
    candidates = parameters[Self.candidates]
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors.boxes
    let groundTruth = request.groundTruth
    let isIgnored = workers.map(below: priors.count, inBlocksOf: 4096) { index in
      groundTruth.ignores(priors[index], from: ignoreOverlap)
    }
    let levels = request.priors.ranges.map { range in
      (range.lowerBound, CenterList(range.lazy.map { isIgnored[$0] ? nil : priors[$0] }))
    }
    let found = workers.map(below: groundTruth.boxes.count) { object in
      let box = groundTruth.boxes[object]
      let nearest = levels.flatMap { first, centers in
        centers.nearest(candidates, to: box) { $0 * $0 + $1 * $1 }.map { first + $0.index }
      }
      return positives(among: nearest, priors, of: box)
    }
    var matches = isIgnored.map { $0 ? Assignment.ignored : Assignment.background }
    var overlaps = [Float](repeating: -1, count: priors.count)
    for (object, positives) in found.enumerated() {
      for (prior, overlap) in positives where overlap > overlaps[prior] {
        overlaps[prior] = overlap
        matches[prior] = Int32(object)
      }
    }
    return Assignment(matches: matches)
  }

  /// The candidates of a box that are positive, and their overlaps with it.
  private func positives(
    among candidates: [Int], _ priors: [Box], of box: Box
  ) -> [(prior: Int, overlap: Float)] {
    let overlaps = candidates.map { priors[$0].iou(box) }
    let count = Double(overlaps.count)
    let mean = overlaps.reduce(0) { $0 + Double($1) } / count
    let squares = overlaps.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let threshold = mean + (squares / max(1, count - 1)).squareRoot()
    return zip(candidates, overlaps).filter { prior, overlap in
      let x = (priors[prior].x1 + priors[prior].x2) / 2
      let y = (priors[prior].y1 + priors[prior].y2) / 2
      return Double(overlap) >= threshold
        && min(x - box.x1, y - box.y1, box.x2 - x, box.y2 - y) > 0.01
    }.map { ($0, $1) }
  }
}
