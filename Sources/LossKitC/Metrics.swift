import CInterface
import LossKit
import Metrics
import ResourceLimits

@c @implementation
public func losskit_metrics(
  _ images: UnsafePointer<losskit_detected_image>?, _ image_count: Int, _ class_count: Int,
  _ threads: UInt32, _ values: UnsafeMutablePointer<Double>?
) -> UnsafeMutablePointer<losskit_error>? {
  attempt { () throws(Failure) in
    let result = try given(values, "values")
    var evaluated: [EvaluatedImage] = []
    for (index, image) in try elements(images, image_count, "images").enumerated() {
      evaluated.append(try image.evaluated("image \(index)"))
    }
    guard 0...Limits.columns ~= class_count else {
      throw Failure("class_count", "is \(class_count); expected 0 to \(Limits.columns)")
    }
    let metrics = try checked { () throws(InputError) in
      try DetectionMetrics(
        of: evaluated, classNames: (0..<class_count).map { "\($0 + 1)" },
        workers: Workers(threads: threads))
    }
    for (index, metric) in (metrics.values + metrics.classValues).enumerated() {
      result[index] = metric.value ?? .nan
    }
  }
}

extension losskit_detected_image {
  fileprivate func evaluated(_ place: String) throws(Failure) -> EvaluatedImage {
    let labels = try elements(self.labels, object_count, "\(place), labels")
    let areas = try self.areas.map { areas throws(Failure) in
      try elements(areas, object_count, "\(place), areas")
    }
    let crowds = try self.crowds.map { crowds throws(Failure) in
      try elements(crowds, object_count, "\(place), crowds")
    }
    let objects = try LossKitC.boxes(self.boxes, object_count, "\(place), boxes")
    let found = try LossKitC.boxes(detection_boxes, detection_count, "\(place), detected boxes")
    let foundLabels = try elements(detection_labels, detection_count, "\(place), detected labels")
    let scores = try elements(detection_scores, detection_count, "\(place), scores")
    return EvaluatedImage(
      annotations: objects.enumerated().map { row, box in
        Annotation(
          box: box, label: labels[row] == 0 ? nil : Int(labels[row]), area: areas?[row],
          isCrowd: crowds.map { $0[row] != 0 } ?? false)
      },
      detections: found.enumerated().map { row, box in
        Detection(box: box, label: Int(foundLabels[row]), score: scores[row])
      })
  }
}
