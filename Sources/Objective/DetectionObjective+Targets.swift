import LossCore
import LossKernels

extension DetectionObjective {
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
    var result: [StageTargets] = []
    for stage in stages {
      var scored: [ScoredBoxes]?
      if let source = result.first(where: { $0.stage == stage.priors.sourceStage }) {
        scored = try scoredBoxes(
          ofStage: source.stage, priors: source.images.map(\.priors),
          featureMaps: source.featureMaps, predictions: predictions)
      }
      result.append(
        try targets(
          ofStage: stage.name, for: batch,
          featureMaps: try featureMaps(
            ofStage: stage.name, images: batch.images.count, in: predictions),
          scoredBoxes: scored, step: step, workers: workers))
    }
    return result
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
    try batch.check()
    let stage = try self.stage(name)
    let priors = try self.priors(
      ofStage: name, for: batch, featureMaps: featureMaps, scoredBoxes: scoredBoxes)
    // What is left over goes to the last image, where a sampler that reads it will complain.
    var record = batch.recordedSamples[name]?[...]
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
            imageSize: batch.images[index].size, step: step),
          SampleRequest(stage: name, image: index, step: step, recorded: recorded[index]),
          workers: inner)
      }
    }
    let images = try results.map { result throws(InputError) in try result.get() }
    return StageTargets(stage: name, images: images, featureMaps: featureMaps)
  }
}
