import LossCore
import LossKernels

/// What is read of a stage's predictions.
private let predictedInputs: Set<StageInput> = [.scores, .objectness, .boxes]

extension Term {
  /// What the target and the row weights read.
  var targetReads: Set<StageInput> {
    rowWeights.reduce(target.reads) { $0.union($1.weight.reads) }
  }
  /// Whether the target or a row weight reads predictions.
  package var readsPredictions: Bool { !targetReads.isDisjoint(with: predictedInputs) }
}

extension Stage {
  /// Whether the stage's priors are matched or sampled by what is predicted for all of them.
  public var readsPredictions: Bool {
    !assignmentReads.isDisjoint(with: predictedInputs) || sampler.reads.contains(.rowLosses)
  }

  /// What the assigner reads, and the match costs.
  var assignmentReads: Set<StageInput> {
    matchCosts.reduce(assigner.reads) { $0.union($1.cost.reads) }
  }
  /// What targets and row weights read; predictions of the rows of ``targetScope``.
  var targetReads: Set<StageInput> {
    terms.reduce([]) { $0.union($1.targetReads) }
  }

  /// The rows whose predictions targets and row weights read: the positives, but for a row weight that has others.
  var targetScope: RowScope {
    let others = terms.lazy.flatMap(\.rowWeights).map(\.weight).contains {
      $0.scope == .sampled && !$0.reads.isDisjoint(with: predictedInputs)
    }
    return others ? .sampled : .positives
  }

  /// The term whose predictions are scores: of classes, or of objects where none predicts classes.
  package var classTerm: Term? {
    terms.first { $0.target.columns == .classes }
      ?? terms.first { $0.target.columns == .objectness }
  }
  /// The term that predicts objects beside the one for classes.
  package var objectTerm: Term? {
    classTerm?.target.columns == .classes
      ? terms.first { $0.target.columns == .objectness } : nil
  }
  /// The term from whose predictions boxes are read.
  package var boxTerm: Term? { terms.first { $0.target.columns.areDeltas } }
}

extension DetectionObjective {
  /// Targets with what their targets and row weights read of predictions, where they haven't read it yet.
  ///
  /// Evaluation does so by itself; who evaluates several predictions against the same targets does it first.
  ///
  /// - Throws: ``InputError`` where a tensor is missing, of the wrong shape or not finite.
  public func reading<Scalar: LossScalar>(
    _ predictions: [String: Tensor<Scalar>], for targets: [StageTargets],
    workers: Workers = .standard
  ) throws(InputError) -> [StageTargets] {
    var tensors = PredictionTensors(predictions, workers: workers)
    return try reading(&tensors, for: targets, workers: workers)
  }

  /// Targets with what they read of predictions, in the stages whose predictions are all there.
  ///
  /// - Throws: As ``reading(_:for:workers:)``.
  package func readingWhatIsThere<Scalar: LossScalar>(
    of predictions: [String: Tensor<Scalar>], for targets: [StageTargets], workers: Workers
  ) throws(InputError) -> [StageTargets] {
    var tensors = PredictionTensors(predictions, workers: workers)
    return try targets.map { made throws(InputError) in
      let terms = stages.first { $0.name == made.stage }?.terms ?? []
      guard terms.allSatisfy({ $0.predictions.allSatisfy { predictions[$0] != nil } }) else {
        return made
      }
      return try reading(&tensors, for: [made], workers: workers)[0]
    }
  }

  func reading<Scalar: LossScalar>(
    _ tensors: inout PredictionTensors<Scalar>, for targets: [StageTargets], workers: Workers
  ) throws(InputError) -> [StageTargets] {
    try targets.map { targets throws(InputError) in
      guard let stage = stages.first(where: { $0.name == targets.stage }), !targets.hasRead,
        !stage.targetReads.isDisjoint(with: predictedInputs)
      else { return targets }
      return targets.reading(
        try self.predictions(
          of: stage, reading: stage.targetReads, priors: targets.images.map(\.priors),
          only: targets.images.map { $0.priors(in: stage.targetScope) },
          featureMaps: targets.featureMaps, in: &tensors, workers: workers))
    }
  }

  /// What a stage predicts for each image, as far as it is read.
  ///
  /// - Parameter read: For each image the priors whose predictions are read, in ascending order; those of the others
  ///   mean nothing. `nil` for all.
  func predictions<Scalar: LossScalar>(
    of stage: Stage, reading reads: Set<StageInput>, priors: [Priors], only read: [[Int]]? = nil,
    featureMaps: [FeatureMap], in tensors: inout PredictionTensors<Scalar>, workers: Workers
  ) throws(InputError) -> [StagePredictions] {
    let scores =
      try reads.contains(.scores)
      ? probabilities(
        of: stage.classTerm, stage, priors: priors, only: read, featureMaps: featureMaps,
        in: &tensors, workers: workers) : nil
    let objectness =
      try reads.contains(.objectness)
      ? probabilities(
        of: stage.objectTerm, stage, priors: priors, only: read, featureMaps: featureMaps,
        in: &tensors, workers: workers) : nil
    let boxes =
      try reads.contains(.boxes)
      ? decodedBoxes(
        of: stage, priors: priors, only: read, featureMaps: featureMaps, in: &tensors,
        workers: workers) : nil
    return priors.indices.map {
      StagePredictions(
        scores: scores?[$0] ?? [], objectness: objectness?[$0] ?? [], boxes: boxes?[$0] ?? [])
    }
  }

  /// For each image the probabilities of the classes, `[priors, classes]`.
  private func probabilities<Scalar: LossScalar>(
    of term: Term?, _ stage: Stage, priors: [Priors], only read: [[Int]]?,
    featureMaps: [FeatureMap], in tensors: inout PredictionTensors<Scalar>, workers: Workers
  ) throws(InputError) -> [[Float]] {
    guard let term else {
      throw InputError(
        "stage \(stage.name)", "has no term for classes or objects, whose scores are read")
    }
    let rows = try tensors.unchecked(
      term, stage, featureMaps: featureMaps, priorCounts: priors.map(\.count))
    let columns = term.background.foreground(of: term.labelColumns(of: rows.width))
    let (width, activation) = (rows.width, term.loss.activation)
    return try priors.indices.map { image throws(InputError) in
      let numbers: [Scalar] = try tensors.map(
        rows, of: term, image: image, priors: read?[image], to: columns.count
      ) { block, scores in
        activation.write(
          columns, of: block, width: width, to: &scores, with: workers.instructions)
      }
      let probabilities = floats(numbers)
      guard let read = read?[image] else { return probabilities }
      return spread(
        probabilities, width: columns.count, to: read,
        of: zeros(priors[image].count * columns.count, on: workers))
    }
  }

  /// For each image the boxes that the stage's term for boxes predicts.
  func decodedBoxes<Scalar: LossScalar>(
    of stage: Stage, priors: [Priors], only read: [[Int]]? = nil, featureMaps: [FeatureMap],
    in tensors: inout PredictionTensors<Scalar>, workers: Workers
  ) throws(InputError) -> [[Box]] {
    guard let term = stage.boxTerm else {
      throw InputError("stage \(stage.name)", "has no term for boxes, which are read")
    }
    let rows = try tensors.unchecked(
      term, stage, featureMaps: featureMaps, priorCounts: priors.map(\.count))
    guard rows.slots == nil else {
      throw InputError(
        "stage \(stage.name), term \(term.name)",
        "has a box for each class; a stage can propose, or its boxes be read, only with one box a "
          + "prior")
    }
    let coder = stage.coder
    return try priors.indices.map { image throws(InputError) in
      let deltas = try tensors.map(
        rows, of: term, image: image, priors: read?[image], to: 4
      ) { block, deltas in
        coder.deltas(ofRows: block, to: &deltas, with: workers.instructions)
      }
      let boxes = priors[image].boxes
      guard let read = read?[image] else {
        return coder.decode(deltas, relativeTo: boxes, on: workers)
      }
      return spread(
        coder.decode(deltas, relativeTo: read.map { boxes[$0] }, on: workers), width: 1, to: read,
        of: boxes.map { _ in Box(0, 0, 0, 0) })
    }
  }
}

/// `all` with the rows of `width` elements that have one of the places.
private func spread<Element>(
  _ rows: [Element], width: Int, to places: [Int], of all: [Element]
) -> [Element] {
  var all = all
  for (row, place) in places.enumerated() {
    for column in 0..<width { all[place * width + column] = rows[row * width + column] }
  }
  return all
}
