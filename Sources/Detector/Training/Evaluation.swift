import LossCore
import LossKernels

/// What a model finds on the images of a data set, and how good that is.
public struct DetectionEvaluation: Sendable {
  /// COCO's metrics.
  public let metrics: DetectionMetrics
  /// The recall of the 100 best proposals of an image; `nil` if the model makes none, or there are
  /// no objects.
  public let proposalRecall: Double?
  /// What is on each image, and what was found there.
  public let images: [EvaluatedImage]

  /// What was found on each image.
  public var detections: [[Detection]] { images.map(\.detections) }

  /// The metrics by name: COCO's twelve, `RPN_recall`, and the average precision of each class.
  public var values: [(name: String, value: Double?)] {
    metrics.values.map { ($0.name, $0.value) } + [("RPN_recall", proposalRecall)]
      + metrics.classValues.map { ($0.name, $0.value) }
  }

  /// Detects on all images of a data set and measures the detections.
  ///
  /// - Throws: `DataError` where an image can't be read, `InputError` where a prediction isn't finite.
  public init(
    of model: DetectionModel, on data: any DataSet, engine: Engine = Engine()
  ) throws {
    var model = model
    var images: [EvaluatedImage] = []
    var proposals: [[Box]] = []
    var objects: [GroundTruth] = []
    let batch = 8
    for first in stride(from: 0, to: data.count, by: batch) {
      let range = first..<min(first + batch, data.count)
      let examples = try engine.workers.map(below: range.count) { place in
        Result { () throws(DataError) in try data.example(range.lowerBound + place) }
      }.map { try $0.get() }
      let found = try model.detect(on: examples, engine)
      for (example, found) in zip(examples, found) {
        images.append(EvaluatedImage(objects: example.objects, detections: found.detections))
        proposals.append(found.proposals)
        objects.append(example.objects)
      }
    }
    metrics = try DetectionMetrics(
      of: images, classNames: data.classNames, workers: engine.workers)
    proposalRecall =
      model.objective.stages.last?.priors.sourceStage == nil
      ? nil
      : try ProposalRecall(100, of: proposals, objects: objects, workers: engine.workers).atHalf
    self.images = images
  }
}
