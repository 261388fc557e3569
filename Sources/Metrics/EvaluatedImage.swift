import LossCore

/// What is on an image, and what a detector found there.
public struct EvaluatedImage: Sendable {
  /// What is on the image.
  public var annotations: [Annotation]
  /// What the detector found; of equally sure detections, the earlier counts as the surer.
  public var detections: [Detection]

  /// An image with its annotations.
  public init(annotations: [Annotation], detections: [Detection]) {
    self.annotations = annotations
    self.detections = detections
  }

  /// An image with its ground truth: each object has the area of its box, and ignored regions are crowds
  /// of any class.
  public init(objects: GroundTruth, detections: [Detection]) {
    self.init(annotations: objects.annotations, detections: detections)
  }

  /// Checks labels, boxes and scores.
  func check(image: Int, classes: Int) throws(InputError) {
    for (row, detection) in detections.enumerated() {
      let place = "detections image \(image), row \(row)"
      guard detection.label >= 1, detection.label <= classes else {
        throw InputError(place, "label \(detection.label); expected 1 to \(classes)")
      }
      guard detection.score.isFinite, detection.box.isFinite else {
        throw InputError(
          place,
          "score \(detection.score), box \(detection.box.coordinates); expected finite numbers")
      }
    }
    for (row, annotation) in annotations.enumerated() {
      let place = "annotations image \(image), row \(row)"
      if let label = annotation.label, label < 1 || label > classes {
        throw InputError(place, "label \(label); expected 1 to \(classes)")
      }
      guard annotation.box.isFinite, annotation.area.isFinite else {
        throw InputError(
          place,
          "area \(annotation.area), box \(annotation.box.coordinates); expected finite numbers")
      }
    }
  }

  /// Detections and annotations of one class matched, or `nil` if there are neither.
  func match(label: Int, limit: Int) -> ImageMatch? {
    let annotations = annotations.filter { $0.label == nil || $0.label == label }
    let detections = detections.filter { $0.label == label }
    guard !(annotations.isEmpty && detections.isEmpty) else { return nil }
    return ImageMatch(detections, with: annotations, limit: limit)
  }
}
