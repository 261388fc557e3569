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
    let maps = backbone.maps
    let objective = objective
    var index = 0
    let targets = try objective.walk(
      batch.truth, rows: .sampled, step: step, workers: workers
    ) { stage, priors throws(InputError) in
      let boxes = priors?.map(\.boxes)
      if let boxes { regions.append((stage.name, boxes)) }
      let made = try heads[index].forward(on: boxes, maps, engine)
      index += 1
      // What a step that fails made is told too.
      predictions.merge(made) { $1 }
      return made
    }.targets
    let result = try objective.evaluate(
      predictions, against: targets, after: state, workers: workers)
    state = result.state
    try backward(result.gradients, batch, maps, engine)
    return result
  }

  private mutating func backward(
    _ gradients: [String: Tensor<Float>], _ batch: ImageBatch, _ maps: [Features],
    _ engine: Engine
  ) throws(InputError) {
    guard let last = maps.last else { return }
    var sums = maps.map { _ in Features() }
    sums[maps.count - 1] = Features(
      images: last.images, height: last.height, width: last.width, channels: last.channels)
    for index in heads.indices {
      try heads[index].dense?.backward(gradients, predictions, maps, to: &sums, engine)
      try heads[index].region?.backward(
        gradients, predictions, to: &sums[maps.count - 1], engine)
    }
    backbone.backward(sums, input: batch.input, engine)
  }
}
