import LossCore
import LossKernels

/// The one way over the stages of an objective: of each its priors, then its predictions, from which the next
/// one's priors may be made.
struct StageWalk<Scalar: LossScalar> {
  /// The tensors that a stage's terms read, asked for when the walk comes to them.
  typealias Predict = (Stage, _ priors: [Priors]?) throws(InputError) -> [String: Tensor<Scalar>]

  /// A stage that the walk came by: the priors that its predictions have rows for.
  private struct Visit {
    let stage: Stage
    let featureMaps: [FeatureMap]
    var priors: [Priors]
    /// What these are matched to, once they are.
    var matched: [MatchedPriors]?
  }

  let objective: DetectionObjective
  let batch: DetectionBatch
  let workers: Workers
  var tensors: PredictionTensors<Scalar>
  private var visits: [Visit] = []

  init(_ objective: DetectionObjective, _ batch: DetectionBatch, _ workers: Workers) {
    self.objective = objective
    self.batch = batch
    self.workers = workers
    tensors = PredictionTensors(workers: workers)
  }

  /// Comes to the next stage: makes its priors, on feature maps from the shapes of its predictions.
  mutating func enter(
    _ stage: Stage, _ predict: Predict
  ) throws(InputError) -> (priors: [Priors], featureMaps: [FeatureMap]) {
    if stage.priors.priorsPerCell != nil { tensors.merge(try predict(stage, nil)) }
    let maps = try objective.featureMaps(
      ofStage: stage.name, images: batch.images.count, in: tensors.byName)
    var scored: [ScoredBoxes]?
    if let source = visits.first(where: { $0.stage.name == stage.priors.sourceStage }) {
      scored = try objective.scoredBoxes(
        of: source.stage, priors: source.priors, featureMaps: source.featureMaps,
        matched: source.matched, in: &tensors, workers: workers)
    }
    let priors = try objective.priors(
      ofStage: stage.name, for: batch, featureMaps: maps, scoredBoxes: scored)
    visits.append(Visit(stage: stage, featureMaps: maps, priors: priors))
    return (priors, maps)
  }

  /// Asks for the predictions of the stage that was entered last; on feature maps they are there already.
  ///
  /// - Parameter priors: Those that the head has rows for.
  mutating func ask(_ predict: Predict, for priors: [Priors]) throws(InputError) {
    guard let stage = visits.last?.stage, stage.priors.priorsPerCell == nil else { return }
    visits[visits.count - 1].priors = priors
    tensors.merge(try predict(stage, priors))
  }

  /// Leaves the stage with what its priors, those that predictions have rows for, are matched to.
  mutating func leave(_ matched: [MatchedPriors]) { visits[visits.count - 1].matched = matched }
}
