import LossCore
import LossKernels

/// Which of a stage's proposals its head has rows for.
public enum ProposalRows: Sendable {
  /// All, as where a bundle holds a model's outputs.
  case all
  /// The sampled ones, as in training: the head runs once these are known.
  case sampled
}

extension DetectionObjective {
  /// Goes over the stages in order: priors, assignment, samples and targets of each.
  ///
  /// - Parameters:
  ///   - rows: Which proposals the heads have rows for. A stage on feature maps has rows for all priors, and
  ///     so has one whose assigner reads predictions.
  ///   - step: Counts training steps: another number draws another sample.
  ///   - workers: How many threads to use.
  ///   - predict: The tensors that a stage's terms read, asked for when the walk comes to them. The priors
  ///     are those that the head has rows for; `nil` for a stage on feature maps, whose priors follow from
  ///     the shapes of its predictions.
  /// - Returns: The targets of each stage, for the rows of its head, and all predictions.
  /// - Throws: ``InputError`` where an input is missing, of the wrong shape or not finite.
  public func walk<Scalar: LossScalar>(
    _ batch: DetectionBatch, rows: ProposalRows, step: Int = 0, workers: Workers = .standard,
    predict: (Stage, _ priors: [Priors]?) throws(InputError) -> [String: Tensor<Scalar>]
  ) throws(InputError) -> (targets: [StageTargets], predictions: [String: Tensor<Scalar>]) {
    var targets: [StageTargets] = []
    var walk = StageWalk<Scalar>(self, batch, workers)
    for stage in stages {
      let (priors, maps) = try walk.enter(stage, predict)
      let predictsAll = rows == .all || stage.readsPredictions
      if predictsAll { try walk.ask(predict, for: priors) }
      var made = try self.targets(
        of: stage, for: batch, priors: priors, featureMaps: maps, in: &walk.tensors, step: step,
        workers: workers)
      if !predictsAll, stage.priors.priorsPerCell == nil {
        made = made.keepingSampled()
        try walk.ask(predict, for: made.images.map(\.priors))
      }
      walk.leave(made.images)
      targets.append(made)
    }
    return (targets, walk.tensors.byName)
  }

  /// Goes over the stages in order: priors and predictions of each, as a detector makes them without objects.
  ///
  /// - Parameter predict: As in ``walk(_:rows:step:workers:predict:)``.
  /// - Returns: The priors of each stage, and all predictions.
  /// - Throws: ``InputError`` where an input is missing, of the wrong shape or not finite.
  package func predictions<Scalar: LossScalar>(
    for batch: DetectionBatch, workers: Workers,
    _ predict: (Stage, _ priors: [Priors]?) throws(InputError) -> [String: Tensor<Scalar>]
  ) throws(InputError) -> (priors: [[Priors]], tensors: PredictionTensors<Scalar>) {
    var walk = StageWalk<Scalar>(self, batch, workers)
    let priors = try stages.map { stage throws(InputError) in
      let (priors, _) = try walk.enter(stage, predict)
      try walk.ask(predict, for: priors)
      return priors
    }
    return (priors, walk.tensors)
  }

  /// What the priors of every stage should predict, given the predictions of all stages.
  ///
  /// - Parameters:
  ///   - step: Counts training steps: another number draws another sample.
  ///   - workers: How many threads to use.
  /// - Throws: ``InputError`` where an input is missing, of the wrong shape or not finite.
  public func targets<Scalar: LossScalar>(
    for batch: DetectionBatch, predictions: [String: Tensor<Scalar>], step: Int = 0,
    workers: Workers = .standard
  ) throws(InputError) -> [StageTargets] {
    try walk(batch, rows: .all, step: step, workers: workers) { _, _ throws(InputError) in
      predictions
    }.targets
  }

  /// What the priors of one stage should predict.
  ///
  /// - Parameters:
  ///   - featureMaps: The feature maps that the priors lie on, one a level.
  ///   - scoredBoxes: For each image what the stage that the priors come from predicts.
  ///   - step: Counts training steps: another number draws another sample.
  ///   - workers: How many threads to use.
  /// - Throws: ``InputError`` where an input is missing or can't be used.
  public func targets(
    ofStage name: String, for batch: DetectionBatch, featureMaps: [FeatureMap] = [],
    scoredBoxes: [ScoredBoxes]? = nil, step: Int = 0, workers: Workers = .standard
  ) throws(InputError) -> StageTargets {
    let priors = try self.priors(
      ofStage: name, for: batch, featureMaps: featureMaps, scoredBoxes: scoredBoxes)
    var none = PredictionTensors<Float>(workers: workers)
    return try targets(
      of: try stage(name), for: batch, priors: priors, featureMaps: featureMaps, in: &none,
      step: step, workers: workers)
  }

  /// - Parameter tensors: The predictions of the stage, if its priors are matched or sampled by them.
  private func targets<Scalar: LossScalar>(
    of stage: Stage, for batch: DetectionBatch, priors: [Priors], featureMaps: [FeatureMap],
    in tensors: inout PredictionTensors<Scalar>, step: Int, workers: Workers
  ) throws(InputError) -> StageTargets {
    // Who reads what the matches are made from is spared to read it again.
    let reads = stage.readsPredictions ? stage.assignmentReads.union(stage.targetReads) : []
    let predictions = try predictions(
      of: stage, reading: reads, priors: priors, featureMaps: featureMaps, in: &tensors,
      workers: workers)
    let losses =
      try stage.sampler.reads.contains(.rowLosses)
      ? RowLosses(of: stage, priors: priors, featureMaps: featureMaps, in: &tensors) : nil
    // What is left over goes to the last image, where a sampler that reads it will complain.
    var record = batch.recordedSamples[stage.name]?[...]
    let recorded = priors.indices.map { index in
      let isLast = index == priors.count - 1
      defer { record = record?.dropFirst(priors[index].count) }
      return record.map { Array(isLast ? $0 : $0.prefix(priors[index].count)) }
    }
    // Images side by side, and threads that are left over within an image.
    let inner = Workers(
      workers.count / max(1, batch.images.count), instructions: workers.instructions)
    let results = workers.map(below: batch.images.count) { index in
      Result { () throws(InputError) in
        try stage.match(
          AssignmentRequest(
            priors: priors[index], groundTruth: batch.images[index].groundTruth,
            imageSize: batch.images[index].size, step: step, predictions: predictions[index],
            costs: stage.matchCosts, wants: stage.wants),
          image: index, recorded: recorded[index], rowLosses: losses, workers: inner)
      }
    }
    let images = try results.map { result throws(InputError) in try result.get() }
    let targets = StageTargets(stage: stage.name, images: images, featureMaps: featureMaps)
    return targets.reading(predictions)
  }
}
