import LossCore
import LossKernels

/// What matching a prior with a ground truth costs, for ``DynamicMatching``: a cost of the place, one of the
/// classes, and one of the overlap.
protocol DynamicCost: Sendable {
  /// How many of a ground truth's overlaps are added up.
  var topK: Int { get }
  /// What −log(overlap + eps) is multiplied by.
  var overlapWeight: Float { get }
  /// What is added to overlaps.
  var overlapEps: Float { get }
  /// Whether the probabilities are those of an object of a class: √(score · objectness).
  var readsObjectness: Bool { get }

  /// Whether a prior may be matched: if it may so because of one ground truth, others may match it as well.
  func admits(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Bool

  /// The cost of a prior's place.
  func placeCost(_ point: SIMD2<Float>, stride: Float, _ box: Box) -> Float

  /// The cost of the probability of a class that is not the ground truth's.
  func otherCost<Value: FormulaValue>(_ probability: Value) -> Value

  /// The cost of the probability of the ground truth's class.
  func ownCost(_ probability: Float, overlap: Float) -> Float
}

/// Matches ground truths with the priors of least cost, as many as their overlaps add up to.
///
/// 1. Priors that the cost admits for no ground truth at all are left out, as are those in ignored regions.
/// 2. Each ground truth takes the k priors that cost least, in a tie the first: k is the sum of its `topK`
///    largest overlaps with predicted boxes, rounded down, and at least 1. A prior that costs more than single
///    precision holds isn't taken.
/// 3. A prior that several took is matched to the ground truth that it costs least with, be it one that didn't
///    take it; in a tie to the first.
///
/// The rest is background. The quality of a match is its overlap, I / max(U, 1e-6).
struct DynamicMatching<Cost: DynamicCost>: Sendable {
  private let cost: Cost
  private let request: AssignmentRequest
  /// The priors that aren't left out.
  private var candidates: [Candidate] = []
  private var predicted = BoxVectors()

  /// A prior that may be matched.
  private struct Candidate: Sendable {
    let prior: Int
    let point: SIMD2<Float>
    let stride: Float
    /// What its probabilities cost if none is that of the ground truth's class.
    let otherCosts: Double
  }

  /// A prior that a ground truth takes.
  private struct Choice: Sendable {
    let candidate: Int
    let cost: Float
  }

  /// The assignment of a request's priors.
  ///
  /// - Throws: ``InputError`` where predictions are missing or can't be weighed.
  static func assign(
    _ request: AssignmentRequest, ignoreOverlap: Float, assigner: String, cost: Cost,
    on workers: Workers
  ) throws(InputError) -> Assignment {
    let groundTruth = request.groundTruth
    var matches = workers.map(below: request.priors.count, inBlocksOf: 4096) { prior in
      groundTruth.ignores(request.priors.boxes[prior], from: ignoreOverlap)
        ? Assignment.ignored : Assignment.background
    }
    var quality = [Float](repeating: 0, count: matches.count)
    if !groundTruth.boxes.isEmpty {
      try request.checkPredictions(
        for: assigner, objectness: cost.readsObjectness, on: workers)
      let strides = try request.priors.strides(for: assigner)
      let matching = DynamicMatching(request, matches, strides, cost, on: workers)
      for (prior, object, overlap) in matching.matches(on: workers) {
        matches[prior] = Int32(object)
        quality[prior] = overlap
      }
    }
    return Assignment(
      matches: matches, quality: request.wants.contains(.quality) ? quality : [])
  }

  private init(
    _ request: AssignmentRequest, _ matches: [Int32], _ strides: [Float], _ cost: Cost,
    on workers: Workers
  ) {
    self.cost = cost
    self.request = request
    let objects = request.groundTruth.boxes
    let points = request.priors.boxes.map(\.middle)
    let isAdmitted = workers.map(below: points.count, inBlocksOf: 1024) { prior in
      matches[prior] != Assignment.ignored
        && objects.contains { cost.admits(points[prior], stride: strides[prior], $0) }
    }
    let priors = isAdmitted.indices.filter { isAdmitted[$0] }
    let matching = self
    candidates = workers.map(below: priors.count, inBlocksOf: 256) { index in
      let prior = priors[index]
      return Candidate(
        prior: prior, point: points[prior], stride: strides[prior],
        otherCosts: matching.otherCosts(of: prior))
    }
    predicted = BoxVectors(priors.count, on: workers) { request.predictions.boxes[priors[$0]] }
  }

  /// What the probabilities of a prior cost if none is that of the ground truth's class.
  private func otherCosts(of prior: Int) -> Double {
    let classes = request.classes
    let objectness = cost.readsObjectness ? request.predictions.objectness[prior] : 1
    let factor = FloatVector(repeating: objectness)
    return sum(prior * classes..<(prior + 1) * classes, of: request.predictions.scores) { score in
      cost.otherCost(probability(score, factor))
    }
  }

  @inline(__always)
  private func probability<Value: FormulaValue>(_ score: Value, _ objectness: Value) -> Value {
    cost.readsObjectness ? .sqrt(score * objectness) : score
  }

  /// The priors that are matched, their ground truths and overlaps.
  private func matches(on workers: Workers) -> [(prior: Int, object: Int, overlap: Float)] {
    let objects = request.groundTruth.boxes.count
    let chosen = workers.map(below: objects) { choices(for: $0) }
    // The object that took a candidate; -1 for none, -2 for several.
    var owners = [Int](repeating: -1, count: candidates.count)
    for (object, choices) in chosen.enumerated() {
      for choice in choices {
        owners[choice.candidate] = owners[choice.candidate] == -1 ? object : -2
      }
    }
    let taken = owners.enumerated().filter { $0.element != -1 }
    return workers.map(below: taken.count, inBlocksOf: 16) { index in
      let (candidate, owner) = taken[index]
      let object = owner >= 0 ? owner : cheapest(for: candidate)
      return (candidates[candidate].prior, object, overlap(of: candidate, with: object))
    }
  }

  /// The ground truth that a prior costs least with.
  private func cheapest(for candidate: Int) -> Int {
    var best = (object: 0, cost: Float.infinity)
    for object in request.groundTruth.boxes.indices {
      let overlap = overlap(of: candidate, with: object)
      if let cost = cost(of: candidate, with: object, overlap: overlap, under: best.cost) {
        best = (object, cost)
      }
    }
    return best.object
  }

  /// The priors of least cost of a ground truth, as many as it takes.
  private func choices(for object: Int) -> [Choice] {
    let box = request.groundTruth.boxes[object]
    let sum = largestOverlaps(of: box).reduce(0, +)
    let count = max(1, Int(min(sum, Float(cost.topK))))
    var found: [Choice] = []
    func limit() -> Float { found.count == count ? found[count - 1].cost : .infinity }
    func consider(_ candidate: Int, _ overlap: Float) {
      // Candidates come out of order, so that one of the largest cost may still come before the last.
      guard
        let cost = cost(
          of: candidate, with: object, overlap: overlap, under: limit().nextUp)
      else { return }
      let place = found.firstIndex { (cost, candidate) < ($0.cost, $0.candidate) } ?? found.count
      found.insert(Choice(candidate: candidate, cost: cost), at: place)
      if found.count > count { found.removeLast() }
    }
    forEachOverlap(of: box, from: { leastOverlap(under: limit()) }, consider)
    if limit() >= overlapCost(0) {
      for candidate in candidates.indices where overlap(of: candidate, with: object) <= 0 {
        consider(candidate, 0)
      }
    }
    return found
  }

  /// The `topK` largest overlaps of a box with predicted ones, or fewer.
  private func largestOverlaps(of box: Box) -> [Float] {
    var largest: [Float] = []
    func least() -> Float { largest.count == cost.topK ? largest[cost.topK - 1] : 0 }
    forEachOverlap(of: box, from: least) { _, overlap in
      largest.insert(overlap, at: largest.firstIndex { overlap > $0 } ?? largest.count)
      if largest.count > cost.topK { largest.removeLast() }
    }
    return largest
  }

  /// Calls `body` with each candidate whose predicted box overlaps a box by more than `least`, and with the
  /// overlap.
  @inline(__always)
  private func forEachOverlap(
    of box: Box, from least: () -> Float, _ body: (Int, Float) -> Void
  ) {
    let target = FormulaBox(repeating: box)
    predicted.forEachTouching(box) { index, vector in
      let overlaps = vector.iou(target).lanes
      let isNear = overlaps .> least()
      guard any(isNear) else { return }
      for lane in overlaps.indices where isNear[lane] && overlaps[lane] > least() {
        body(index * FloatVector.count + lane, overlaps[lane])
      }
    }
  }

  private func overlap(of candidate: Int, with object: Int) -> Float {
    request.predictions.boxes[candidates[candidate].prior].formula
      .iou(request.groundTruth.boxes[object].formula)
  }

  private func overlapCost(_ overlap: Float) -> Float {
    -Float.log(overlap + cost.overlapEps) * cost.overlapWeight
  }

  /// What all overlaps are above that cost less than `limit` by themselves; the factor makes up for rounding.
  private func leastOverlap(under limit: Float) -> Float {
    max(0, Float.exp(-limit / cost.overlapWeight) * 0.9999 - cost.overlapEps)
  }

  /// The cost of a prior with a ground truth; `nil` if it isn't under `limit`.
  @inline(__always)
  private func cost(
    of candidate: Int, with object: Int, overlap: Float, under limit: Float
  ) -> Float? {
    let (candidate, box) = (candidates[candidate], request.groundTruth.boxes[object])
    let place = cost.placeCost(candidate.point, stride: candidate.stride, box)
    guard place < limit else { return nil }
    let score = request.predictions.score(
      of: candidate.prior, label: request.groundTruth.labels[object], priors: request.priors.count)
    let probability = probability(
      score, cost.readsObjectness ? request.predictions.objectness[candidate.prior] : 1)
    let others = candidate.otherCosts - Double(cost.otherCost(probability))
    let classes = Float(others) + cost.ownCost(probability, overlap: overlap)
    let sum = classes + overlapCost(overlap) + place
    return sum < limit ? sum : nil
  }
}
