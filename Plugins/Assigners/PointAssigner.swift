import LossCore
import LossKernels

/// Assigns to each ground truth the priors nearest to its centre, on the level that its size is for.
///
/// 1. A ground truth of width w and height h is for the levels with a stride from 2ⁿ to below 2ⁿ⁺¹ where
///    n = ⌊log₂(√(w h) / `scale`)⌋, held between those of the first and the last stride.
/// 2. It takes the `candidates` priors of these whose centres are nearest to its own, with distances along x in
///    widths and along y in heights; in a tie the first.
/// 3. A prior that several took is matched to the nearest of them; in a tie to the first.
///
/// The rest is background. Priors in ignored regions are ignored, and never taken.
public struct PointAssigner: Assigner {
  static let candidates = Parameter(
    "candidates", .integer(.between(1, 1000)), default: 1, help: "Priors that a ground truth takes."
  )
  static let scale = Parameter(
    "scale", .number(.above(0)), default: 4,
    help: "Sides of objects that a level is for, in strides.")

  public static let declaration = Declaration(
    name: "point",
    summary: "Each ground truth takes the nearest priors of the level that its size is for.",
    formula: """
      level of a ground truth: floor(log2(sqrt(width height) / scale)) = floor(log2(stride))
      positive: the nearest ones by |(dx / width, dy / height)|; background: the rest
      """,
    source: "Yang et al. 2019, arXiv:1904.11490; PointAssigner of mmdetection",
    parameters: [candidates, scale, Assigners.ignoreOverlap])

  private let candidates: Int
  private let scale: Double
  private let ignoreOverlap: Float

  public init(parameters: Parameters) {
    candidates = parameters[Self.candidates]
    scale = parameters[Self.scale]
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> { [.strides] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let priors = request.priors.boxes
    let groundTruth = request.groundTruth
    let isIgnored = workers.map(below: priors.count, inBlocksOf: 4096) { index in
      groundTruth.ignores(priors[index], from: ignoreOverlap)
    }
    let octaves = try request.priors.levelStrides(for: Self.declaration.name).map {
      Int($0.exponent)
    }
    let levels = request.priors.ranges.map { range in
      CenterList(range.lazy.map { isIgnored[$0] ? nil : priors[$0] })
    }
    let found = workers.map(below: groundTruth.boxes.count) { object in
      let box = groundTruth.boxes[object]
      let (width, height) = (max(box.width(), 1e-6), max(box.height(), 1e-6))
      let octave = octave(width, height, among: octaves)
      return zip(levels, zip(octaves, request.priors.ranges)).flatMap { level, place in
        guard place.0 == octave else { return [] as [(distance: Float, index: Int)] }
        return level.nearest(candidates, to: box) { x, y in
          (x / width) * (x / width) + (y / height) * (y / height)
        }.map { ($0.distance, place.1.lowerBound + $0.index) }
      }.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(candidates)
    }
    var matches = isIgnored.map { $0 ? Assignment.ignored : Assignment.background }
    var distances = [Float](repeating: .infinity, count: priors.count)
    for (object, nearest) in found.enumerated() {
      for (distance, prior) in nearest where distance < distances[prior] {
        distances[prior] = distance
        matches[prior] = Int32(object)
      }
    }
    return Assignment(matches: matches)
  }

  /// ⌊log₂⌋ of the strides that a ground truth is for.
  private func octave(_ width: Float, _ height: Float, among octaves: [Int]) -> Int {
    let area = Double(width) * Double(height) / (scale * scale)
    // The exponent is ⌊log₂⌋, without rounding; half of it, rounded down, is that of the root.
    return max(octaves.min() ?? 0, min(Int(area.exponent) >> 1, octaves.max() ?? 0))
  }
}
