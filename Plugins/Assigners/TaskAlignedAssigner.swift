import Formula
import LossCore
import LossKernels

/// Assigns to each ground truth the priors that predict it best, by score and overlap together.
///
/// With the metric scoreᵅ · overlapᵝ of a prior's probability of the ground truth's class, and of its
/// predicted box with the ground truth:
/// 1. the candidates of a ground truth are the `top_k` priors of the largest metric, if it is above 0; in a
///    tie the first;
/// 2. positive are those whose own centre lies inside the box, by more than `margin` pixels. With
///    `inside_first` the others aren't even candidates.
/// 3. A prior that several ground truths want is matched to the one that its box overlaps most; in a tie to
///    the first. With `contest_all` to the one that it overlaps most of all ground truths around its centre.
///
/// The rest is background. Priors in ignored regions are ignored, and no candidates.
///
/// Where `metric` has a formula, that takes the place of scoreᵅ · overlapᵝ.
///
/// The quality of a match is the metric, scaled so that the best match of a ground truth has the largest
/// overlap of its matches: metric / (largest metric + `eps`) · largest overlap.
public struct TaskAlignedAssigner: Assigner {
  static let topK = Parameter(
    "top_k", .integer(.between(1, 1000)), default: 13, help: "Candidates of a ground truth.")
  static let alpha = Parameter(
    "alpha", .number(.atLeast(0)), default: 1, help: "The power of the score.")
  static let beta = Parameter(
    "beta", .number(.above(0)), default: 6, help: "The power of the overlap.")
  static let metric = Parameter(
    "metric", .formula, default: nil,
    help:
      "The metric as a formula of score and overlap, with alpha and beta; what isn't above 0 is "
      + "no match, and what isn't finite an error. null is score^alpha * overlap^beta.")
  static let overlap = Parameter(
    "overlap", .choice, default: OverlapMeasure.iou,
    help: "IoU, or as in ultralytics complete IoU, 0 where it is negative.")
  static let margin = Parameter(
    "margin", .number(.atLeast(0)), default: 0.01,
    help: "Pixels by which a centre must lie inside the box: 1e-9 in ultralytics.")
  static let eps = Parameter(
    "eps", .number(.above(0)), default: 1e-7,
    help: "Added to the metric that qualities are divided by: 1e-9 in ultralytics.")
  static let insideFirst = Parameter(
    "inside_first", .boolean, default: false,
    help: "Whether only priors inside the box are candidates, as in ultralytics.")
  static let contestAll = Parameter(
    "contest_all", .boolean, default: false,
    help:
      "Whether a prior that several want may be matched to another one that it lies inside of, as in "
      + "ultralytics.")

  public static let declaration = Declaration(
    name: "task_aligned",
    summary: "Each ground truth takes the priors that classify and locate it best.",
    formula: """
      metric = score^alpha overlap^beta, of the predicted box and the ground truth's class
      positive: the top_k of each ground truth by metric with their centre inside; background: the rest
      quality = metric / (largest of the ground truth + eps) * its largest overlap
      """,
    source:
      "Feng et al. 2021, arXiv:2108.07755; TaskAlignedAssigner of mmdetection, of ultralytics",
    parameters: [
      topK, alpha, beta, metric, overlap, margin, eps, insideFirst, contestAll,
      Assigners.ignoreOverlap,
    ])

  private let topK: Int
  private let alpha: Float
  private let beta: Float
  /// Twice both powers, rounded down to whole numbers up to 32.
  private let halves: (score: Int, overlap: Int)
  /// Whether nothing was rounded.
  private let areHalves: Bool
  /// Computes the metric of scores and overlaps; `nil` if it is the usual one.
  private let metric: FormulaProgram<Float>?
  private let overlap: OverlapMeasure
  private let margin: Float
  private let eps: Float
  private let insideFirst: Bool
  private let contestAll: Bool
  private let ignoreOverlap: Float

  /// - Throws: ``ParameterError`` for the first thing that is wrong in the text of the metric.
  public init(parameters: Parameters) throws(ParameterError) {
    topK = parameters[Self.topK]
    alpha = Float(parameters[Self.alpha])
    beta = Float(parameters[Self.beta])
    halves = (Int(2 * min(alpha, 16)), Int(2 * min(beta, 16)))
    areHalves = Float(halves.score) == 2 * alpha && Float(halves.overlap) == 2 * beta
    metric = try parameters[Self.metric].map { text throws(ParameterError) in
      try Formula.program(
        of: text, variables: ["score", "overlap"],
        given: ["alpha": parameters[Self.alpha], "beta": parameters[Self.beta]],
        parameter: Self.metric.erased.name)
    }
    overlap = parameters[Self.overlap]
    margin = Float(parameters[Self.margin])
    eps = Float(parameters[Self.eps])
    insideFirst = parameters[Self.insideFirst]
    contestAll = parameters[Self.contestAll]
    ignoreOverlap = Float(parameters[Assigners.ignoreOverlap])
  }

  public var reads: Set<StageInput> { [.scores, .boxes] }
  public var gives: Set<StageInput> { [.quality] }

  public func assign(
    _ request: AssignmentRequest, workers: Workers
  ) throws(InputError) -> Assignment {
    let groundTruth = request.groundTruth
    let isIgnored = workers.map(below: request.priors.count, inBlocksOf: 4096) { prior in
      groundTruth.ignores(request.priors.boxes[prior], from: ignoreOverlap)
    }
    var matches: [AlignedMatch?] = isIgnored.map { _ in nil }
    if !groundTruth.boxes.isEmpty {
      try request.checkPredictions(for: Self.declaration.name, on: workers)
      matches = try self.matches(in: request, without: isIgnored, on: workers)
    }
    return Assignment(
      matches: zip(matches, isIgnored).map { match, isIgnored in
        match.map { Int32($0.object) } ?? (isIgnored ? Assignment.ignored : Assignment.background)
      },
      quality: request.wants.contains(.quality)
        ? matches.qualities(objects: groundTruth.boxes.count, eps: eps) : [])
  }

  /// The match of each prior.
  private func matches(
    in request: AssignmentRequest, without isIgnored: [Bool], on workers: Workers
  ) throws(InputError) -> [AlignedMatch?] {
    let boxes = request.predictions.boxes
    let predicted = BoxVectors(boxes.count, on: workers) { isIgnored[$0] ? nil : boxes[$0] }
    let found = workers.map(below: request.groundTruth.boxes.count) { object in
      Result { () throws(InputError) in try candidates(of: object, in: request, predicted) }
    }
    var matches: [AlignedMatch?] = boxes.map { _ in nil }
    var isContested = [Bool](repeating: false, count: boxes.count)
    for (object, candidates) in found.enumerated() {
      for (prior, match) in try candidates.get() where isInside(prior, object, request) {
        if matches[prior] != nil { isContested[prior] = true }
        if match.overlap > matches[prior]?.overlap ?? 0 { matches[prior] = match }
      }
    }
    guard contestAll else { return matches }
    let contested = matches.indices.filter { isContested[$0] }
    let settled = workers.map(below: contested.count, inBlocksOf: 16) { index in
      settle(contested[index], in: request)
    }
    for (prior, match) in zip(contested, settled) { matches[prior] = match }
    return matches
  }

  /// The priors of the largest metric with a ground truth, the largest first; in a tie the first.
  private func candidates(
    of object: Int, in request: AssignmentRequest, _ predicted: BoxVectors
  ) throws(InputError) -> [(prior: Int, match: AlignedMatch)] {
    let found = overlapping(object, in: request, predicted)
    let metrics = metrics(found.map(\.score), found.map(\.overlap))
    if let index = metrics.firstIndex(where: { !$0.isFinite }) {
      throw InputError(
        Self.declaration.name,
        "the metric is \(metrics[index]) for prior \(found[index].prior) and ground truth \(object), "
          + "of score \(found[index].score) and overlap \(found[index].overlap)")
    }
    // In a tie the first, as the order is that of the priors.
    let best = found.indices.filter { metrics[$0] > 0 }
      .sorted { (metrics[$0], $1) > (metrics[$1], $0) }
    return best.prefix(topK).map { index in
      let (prior, _, overlap, _) = found[index]
      return (prior, AlignedMatch(object: object, overlap: overlap, metric: metrics[index]))
    }
  }

  /// The priors that overlap a ground truth, in their order, but for those that can't be candidates by the usual
  /// metric: that has powers with logarithms, of which few are computed as products tell enough of the others.
  private func overlapping(
    _ object: Int, in request: AssignmentRequest, _ predicted: BoxVectors
  ) -> [(prior: Int, score: Float, overlap: Float, estimate: Float)] {
    let box = request.groundTruth.boxes[object]
    let target = FormulaBox(repeating: box)
    let scores = request.predictions.scores
    let column = request.predictions.column(
      of: request.groundTruth.labels[object], priors: request.priors.count)
    var found: [(prior: Int, score: Float, overlap: Float, estimate: Float)] = []
    // The estimates of the best, the largest first, and what that of a candidate isn't below.
    var largest: [Float] = []
    var least = -Float.infinity
    largest.reserveCapacity(min(topK, request.priors.count) + 1)
    found.reserveCapacity(64)
    var touching: [(index: Int, overlaps: FloatVector, bounds: FloatVector, most: Float)] = []
    var most: Float = 0
    predicted.forEachTouching(box) { index, vector in
      let overlaps = overlap.overlap(vector, target)
      guard any(overlaps.lanes .> 0) else { return }
      // Scores and overlaps aren't above 1, nor is the metric above products of less of them.
      let bounds = Self.power(overlaps, halves: halves.overlap)
      let largestBound = bounds.lanes.max()
      touching.append((index, overlaps, bounds, largestBound))
      most = max(most, largestBound)
    }
    // Those that overlap most come first: they raise what the others are held against.
    for isFirst in [true, false] {
      for (index, overlaps, bounds, largestBound) in touching
      where (largestBound >= most / 8) == isFirst && any(bounds.lanes .>= least) {
        for lane in 0..<FloatVector.count where overlaps[lane] > 0 && bounds[lane] >= least {
          let prior = index * FloatVector.count + lane
          if insideFirst, !isInside(prior, object, request) { continue }
          let score = column.map { scores[prior * $0.step + $0.offset] } ?? 0
          let bound = bounds[lane] * Self.power(score, halves: halves.score)
          guard bound >= least else { continue }
          let estimate = areHalves ? bound : usualMetric(score, overlaps[lane])
          guard estimate >= least else { continue }
          found.append((prior, score, overlaps[lane], estimate))
          let place = largest.firstIndex { estimate > $0 } ?? largest.count
          guard metric == nil, place < topK else { continue }
          largest.insert(estimate, at: place)
          if largest.count > topK { largest.removeLast() }
          // The errors of rounding are less than a thousandth, but where numbers have few digits.
          if largest.count == topK { least = 0.999 * largest[topK - 1] - .leastNormalMagnitude }
        }
      }
    }
    return found.filter { $0.estimate >= least }.sorted { $0.prior < $1.prior }
  }

  /// The power √xⁿ by products.
  @inline(__always)
  private static func power<Value: FormulaValue>(_ x: Value, halves n: Int) -> Value {
    var power: Value = n % 2 == 0 ? 1 : .sqrt(x)
    for _ in 0..<n / 2 { power = power * x }
    return power
  }

  private func usualMetric(_ score: Float, _ overlap: Float) -> Float {
    // A first power has the same bits.
    (alpha == 1 ? score : .pow(score, alpha)) * .pow(overlap, beta)
  }

  private func metrics(_ scores: [Float], _ overlaps: [Float]) -> [Float] {
    metric.map { $0.evaluate([scores, overlaps])[0] }
      ?? zip(scores, overlaps).map { usualMetric($0, $1) }
  }

  private func score(of prior: Int, _ object: Int, _ request: AssignmentRequest) -> Float {
    request.predictions.score(
      of: prior, label: request.groundTruth.labels[object], priors: request.priors.count)
  }

  private func isInside(_ prior: Int, _ object: Int, _ request: AssignmentRequest) -> Bool {
    request.groundTruth.boxes[object].holds(request.priors.boxes[prior].middle, by: margin)
  }

  /// The match with the ground truth, among those around a prior's centre, that it overlaps most.
  private func settle(_ prior: Int, in request: AssignmentRequest) -> AlignedMatch? {
    let boxes = request.groundTruth.boxes
    var best: (object: Int, overlap: Float)?
    for object in boxes.indices where isInside(prior, object, request) {
      let overlap = overlap.overlap(
        request.predictions.boxes[prior].formula, boxes[object].formula)
      if overlap > best?.overlap ?? 0 { best = (object, overlap) }
    }
    return best.map { object, overlap in
      AlignedMatch(
        object: object, overlap: overlap,
        metric: metrics([score(of: prior, object, request)], [overlap])[0])
    }
  }
}
