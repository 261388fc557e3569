import LossCore
import LossKernels
import Objective

extension DetectionModel {
  /// What the model finds on the images of examples, scaled to fit it and back.
  ///
  /// - Returns: For each image its detections, and the proposals that they were made from.
  /// - Throws: ``InputError`` where a prediction isn't finite.
  mutating func detect(
    on examples: [Example], _ engine: Engine
  ) throws(InputError) -> [(detections: [Detection], proposals: [Box])] {
    let size = settings.imageSize
    let fitted = engine.workers.map(below: examples.count) { examples[$0].fitted(into: size) }
    let found = try detect(ImageBatch(fitted, stride: settings.stride, size: size), engine)
    guard size != nil else { return found }
    return zip(zip(examples, fitted), found).map { images, found in
      func back(_ box: Box) -> Box {
        box.scaled(from: images.1.image.size, to: images.0.image.size)
      }
      return (
        found.detections.map { Detection(box: back($0.box), label: $0.label, score: $0.score) },
        found.proposals.map(back)
      )
    }
  }

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
    backbone.forward(batch.input, isTraining: false, engine)
    let maps = backbone.maps
    var index = 0
    var (priors, tensors) = try objective.predictions(for: images, workers: engine.workers) {
      stage, priors throws(InputError) in
      defer { index += 1 }
      return try heads[index].forward(on: priors?.map(\.boxes), maps, engine)
    }
    predictions = tensors.byName
    guard let stage = objective.stages.last, let boxes = priors.last?.map(\.boxes) else {
      return []
    }
    let reader = try DetectionReader(
      stage, priors: boxes,
      maps: try objective.featureMaps(ofStage: stage.name, in: tensors.byName), classes: classes,
      settings: settings, tensors: &tensors)
    return engine.workers.map(below: boxes.count) { image in
      (reader.detections(boxes[image], image: image, size: images.images[image].size), boxes[image])
    }
  }
}
