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
    var predictions: [String: Tensor<Scalar>] = [:]
    for stage in stages {
      let isOnMaps = stage.priors.priorsPerCell != nil
      let predictsAll = isOnMaps || rows == .all || stage.readsPredictions
      if isOnMaps { predictions.merge(try predict(stage, nil)) { $1 } }
      let maps = try featureMaps(
        ofStage: stage.name, images: batch.images.count, in: predictions)
      var scored: [ScoredBoxes]?
      if let source = targets.first(where: { $0.stage == stage.priors.sourceStage }) {
        scored = try scoredBoxes(
          ofStage: source.stage, priors: source.images.map(\.priors),
          featureMaps: source.featureMaps, predictions: predictions)
      }
      let priors = try priors(
        ofStage: stage.name, for: batch, featureMaps: maps, scoredBoxes: scored)
      if predictsAll, !isOnMaps { predictions.merge(try predict(stage, priors)) { $1 } }
      let read = try self.predictions(
        of: stage, reading: stage.assignmentReads, priors: priors, featureMaps: maps,
        in: predictions)
      var rowLosses: RowLossFunction?
      if stage.sampler.reads.contains(.rowLosses) {
        let losses = try RowLosses(
          of: stage, priors: priors, featureMaps: maps, in: predictions)
        rowLosses = { image, matched, workers throws(InputError) in
          try losses.values(image: image, matched, workers: workers)
        }
      }
      var target = try self.targets(
        of: stage, for: batch, priors: priors, featureMaps: maps, predictions: read,
        rowLosses: rowLosses, step: step, workers: workers)
      if !predictsAll {
        target = target.keepingSampled()
        predictions.merge(try predict(stage, target.images.map(\.priors))) { $1 }
      }
      targets.append(target)
    }
    return (targets, predictions)
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
    return try targets(
      of: try stage(name), for: batch, priors: priors, featureMaps: featureMaps,
      predictions: priors.map { _ in StagePredictions() }, rowLosses: nil, step: step,
      workers: workers)
  }

  private func targets(
    of stage: Stage, for batch: DetectionBatch, priors: [Priors], featureMaps: [FeatureMap],
    predictions: [StagePredictions], rowLosses: RowLossFunction?, step: Int, workers: Workers
  ) throws(InputError) -> StageTargets {
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
          image: index, recorded: recorded[index], rowLosses: rowLosses, workers: inner)
      }
    }
    let images = try results.map { result throws(InputError) in try result.get() }
    return StageTargets(stage: stage.name, images: images, featureMaps: featureMaps)
  }
}
