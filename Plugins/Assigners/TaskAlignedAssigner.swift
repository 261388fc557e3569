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
    if metric != nil { return try writtenCandidates(of: object, in: request, predicted) }
    let box = request.groundTruth.boxes[object]
    let target = FormulaBox(repeating: box)
    var found: [(prior: Int, match: AlignedMatch)] = []
    var least: Float = 0
    // As no score is above 1, a metric above the least one needs an overlap above this; the factor makes up
    // for rounding.
    var leastOverlap: Float = 0
    predicted.forEachTouching(box) { index, vector in
      let overlaps = overlap.overlap(vector, target).lanes
      let isNear = overlaps .> leastOverlap
      guard any(isNear) else { return }
      for lane in overlaps.indices where isNear[lane] && overlaps[lane] > leastOverlap {
        let prior = index * FloatVector.count + lane
        if insideFirst, !isInside(prior, object, request) { continue }
        let match = match(prior, object, overlap: overlaps[lane], request)
        guard match.metric > least else { continue }
        let place = found.firstIndex { match.metric > $0.match.metric } ?? found.count
        found.insert((prior, match), at: place)
        if found.count > topK { found.removeLast() }
        if found.count == topK {
          least = found[topK - 1].match.metric
          leastOverlap = Float.pow(least, 1 / beta) * 0.99999
        }
      }
    }
    return found
  }

  /// The same by a metric of which nothing is known but its formula.
  private func writtenCandidates(
    of object: Int, in request: AssignmentRequest, _ predicted: BoxVectors
  ) throws(InputError) -> [(prior: Int, match: AlignedMatch)] {
    let box = request.groundTruth.boxes[object]
    let target = FormulaBox(repeating: box)
    var priors: [Int] = []
    var overlaps: [Float] = []
    predicted.forEachTouching(box) { index, vector in
      let found = overlap.overlap(vector, target).lanes
      for lane in found.indices where found[lane] > 0 {
        let prior = index * FloatVector.count + lane
        if insideFirst, !isInside(prior, object, request) { continue }
        priors.append(prior)
        overlaps.append(found[lane])
      }
    }
    let scores = priors.map { score(of: $0, object, request) }
    let metrics = metrics(scores, overlaps)
    if let index = metrics.firstIndex(where: { !$0.isFinite }) {
      throw InputError(
        Self.declaration.name,
        "the metric is \(metrics[index]) for prior \(priors[index]) and ground truth \(object), of "
          + "score \(scores[index]) and overlap \(overlaps[index])")
    }
    // In a tie the first, as the order is that of the priors.
    let best = priors.indices.filter { metrics[$0] > 0 }
      .sorted { (metrics[$0], priors[$1]) > (metrics[$1], priors[$0]) }
    return best.prefix(topK).map { index in
      (
        priors[index],
        AlignedMatch(object: object, overlap: overlaps[index], metric: metrics[index])
      )
    }
  }

  private func match(
    _ prior: Int, _ object: Int, overlap: Float, _ request: AssignmentRequest
  ) -> AlignedMatch {
    let score = score(of: prior, object, request)
    return AlignedMatch(
      object: object, overlap: overlap,
      metric: metric == nil
        ? Float.pow(score, alpha) * Float.pow(overlap, beta) : metrics([score], [overlap])[0])
  }

  private func score(of prior: Int, _ object: Int, _ request: AssignmentRequest) -> Float {
    request.predictions.score(
      of: prior, label: request.groundTruth.labels[object], priors: request.priors.count)
  }

  /// The written metric.
  private func metrics(_ scores: [Float], _ overlaps: [Float]) -> [Float] {
    metric?.evaluate([scores, overlaps])[0] ?? []
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
    return best.map { match(prior, $0.object, overlap: $0.overlap, request) }
  }
}
