import LossCore
import LossKernels
import Objective

extension DetectionModel {
  /// What the model finds on images: the boxes of its last stage, best first.
  ///
  /// Running averages take the place of a batch's statistics, so that an image's detections don't
  /// depend on the others.
  ///
  /// - Returns: For each image its detections, and the proposals that they were made from.
  /// - Throws: ``InputError`` where a prediction isn't finite.
  mutating func detect(
    _ batch: ImageBatch, _ engine: Engine
  ) throws(InputError) -> [(detections: [Detection], proposals: [Box])] {
    // Nothing of the truth may reach proposals.
    let images = DetectionBatch(
      images: batch.truth.images.map {
        DetectionBatch.Image(size: $0.size, groundTruth: GroundTruth(boxes: [], labels: []))
      })
    predictions = [:]
    backbone.forward(batch.input, isTraining: false, engine)
    let features = backbone.output
    let map = FeatureMap(height: features.height, width: features.width)
    var priors: [[Priors]] = []
    for index in heads.indices {
      let name = objective.stages[index].name
      if let made = try heads[index].map?.forward(features, engine) {
        predictions.merge(made) { $1 }
        priors.append(try objective.priors(ofStage: name, for: images, featureMaps: [map]))
      } else {
        let source = heads[index].source
        let proposals = try objective.priors(
          ofStage: name, for: images,
          scoredBoxes: try objective.scoredBoxes(
            ofStage: objective.stages[source].name, priors: priors[source],
            featureMaps: heads[source].map == nil ? [] : [map], predictions: predictions))
        if let made = try heads[index].region?.forward(
          proposals.map(\.boxes), features, engine)
        {
          predictions.merge(made) { $1 }
        }
        priors.append(proposals)
      }
    }
    guard let stage = objective.stages.last, let boxes = priors.last?.map(\.boxes),
      let head = heads.last,
      let outputs = head.map?.outputs ?? head.region?.outputs
    else { return [] }
    let reader = try DetectionReader(
      stage, outputs: outputs, settings: settings, predictions: predictions,
      places: HeadOutputs.Places(
        priorCounts: boxes.map(\.count), map: head.map == nil ? nil : map))
    return engine.workers.map(below: boxes.count) { image in
      (reader.detections(boxes[image], image: image, size: images.images[image].size), boxes[image])
    }
  }
}
