import LossCore
import LossKernels
import Objective

extension DetectionModel {
  /// Predicts, evaluates the objective, and sets the gradient of its total by all weights.
  ///
  /// - Parameters:
  ///   - step: Counts training steps.
  ///   - state: What the objective remembers; that of the step before, and then of this one.
  /// - Throws: ``InputError`` where a prediction, a loss or a gradient isn't finite, or the recipe
  ///   can't be evaluated.
  mutating func step(
    _ batch: ImageBatch, step: Int, after state: inout ObjectiveState, _ engine: Engine
  ) throws(InputError) -> ObjectiveResult<Float> {
    let workers = engine.workers
    predictions = [:]
    regions = []
    backbone.forward(batch.input, isTraining: true, engine)
    let features = backbone.output
    var targets: [StageTargets] = []
    for index in heads.indices {
      let name = objective.stages[index].name
      if let made = try heads[index].map?.forward(features, engine) {
        predictions.merge(made) { $1 }
        targets.append(
          try objective.targets(
            ofStage: name, for: batch.truth,
            featureMaps: [FeatureMap(height: features.height, width: features.width)], step: step,
            workers: workers))
      } else {
        let source = targets[heads[index].source]
        let scored = try objective.scoredBoxes(
          ofStage: source.stage, priors: source.images.map(\.priors),
          featureMaps: source.featureMaps, predictions: predictions)
        let target = try objective.targets(
          ofStage: name, for: batch.truth, scoredBoxes: scored, step: step, workers: workers
        ).keepingSampled()
        let boxes = target.images.map(\.priors.boxes)
        regions.append((name, boxes))
        if let made = try heads[index].region?.forward(boxes, features, engine) {
          predictions.merge(made) { $1 }
        }
        targets.append(target)
      }
    }
    let result = try objective.evaluate(
      predictions, against: targets, after: state, workers: workers)
    state = result.state
    try backward(result.gradients, batch, features, engine)
    return result
  }

  private mutating func backward(
    _ gradients: [String: Tensor<Float>], _ batch: ImageBatch, _ features: Features,
    _ engine: Engine
  ) throws(InputError) {
    var total = Features(
      images: features.images, height: features.height, width: features.width,
      channels: features.channels)
    for index in heads.indices {
      if let part = try heads[index].map?.backward(gradients, predictions, features, engine) {
        for place in total.elements.indices { total.elements[place] += part.elements[place] }
      }
      try heads[index].region?.backward(gradients, predictions, to: &total, engine)
    }
    backbone.backward(total, input: batch.input, engine)
  }
}
