import LossKit

/// A whole objective on a batch: priors, assignment, sampling, box targets, losses, gradients.
///
/// As in training, a stage on proposals evaluates the sampled ones alone: its predictions have a row for
/// each of them.
struct ObjectiveTask: BenchTask {
  let elements: Int
  private let objective: DetectionObjective
  private let batch: DetectionBatch
  private let predictions: [String: Tensor<Float>]
  private let workers: Workers

  /// Takes images and predictions from `file`, a bundle.
  init(
    _ objective: DetectionObjective, images: Int, size: ImageSize, classes: Int,
    inputs file: (any TensorSource)?, workers: Workers
  ) throws {
    self.objective = objective
    self.workers = workers
    if let file {
      batch = try DetectionBatch(file)
      predictions = try file.predictions(objective.predictionNames)
    } else {
      (batch, predictions) = try RandomDetector(images: images, size: size, classes: classes)
        .draw(for: objective)
    }
    elements = try objective.trainingTargets(for: batch, predictions, workers).reduce(0) {
      sum, stage in
      sum + stage.images.reduce(0) { $0 + $1.priors.count }
    }
  }

  var bytes: Int? { nil }

  func run() throws -> ObjectiveResult<Float> {
    try objective.evaluate(
      predictions, against: try objective.trainingTargets(for: batch, predictions, workers),
      workers: workers)
  }

  func summary(of result: ObjectiveResult<Float>) -> BenchSummary {
    BenchSummary(
      value: result.total,
      gradientNorm: result.gradients.values.map { squaredNorm($0.elements) }.sorted()
        .reduce(0, +).squareRoot())
  }
}

extension DetectionObjective {
  /// The targets of all stages; of those that don't lie on feature maps, the sampled priors alone.
  func trainingTargets(
    for batch: DetectionBatch, _ predictions: [String: Tensor<Float>], _ workers: Workers
  ) throws(InputError) -> [StageTargets] {
    try walk(batch, rows: .sampled, workers: workers) { _, _ throws(InputError) in predictions }
      .targets
  }
}
