import LossCore
import LossKernels

/// How many of the objects are among the best proposals, whatever their class: the recall of a first
/// stage.
///
/// Matched as detections are, and as pycocotools does without classes: a proposal finds one object at
/// most, and crowds count neither way.
public struct ProposalRecall: Sendable, Equatable {
  /// The recall at an overlap of 0.5 or more; `nil` if there are no objects.
  public let atHalf: Double?
  /// The recall averaged over overlaps from 0.50 to 0.95; `nil` if there are no objects.
  public let average: Double?

  /// Measures the `count` best proposals of each image.
  ///
  /// - Parameters:
  ///   - proposals: For each image its proposals, the best first.
  ///   - objects: For each image what is on it.
  /// - Throws: `InputError` where there are more images in one than in the other, or a coordinate isn't
  ///   finite.
  public init(
    _ count: Int, of proposals: [[Box]], objects: [GroundTruth], workers: Workers = .standard
  ) throws(InputError) {
    guard proposals.count == objects.count else {
      throw InputError(
        "proposals", "of \(proposals.count) images; expected those of \(objects.count)")
    }
    let count = max(0, count)
    let images = zip(proposals, objects).map { boxes, objects in
      EvaluatedImage(
        annotations: objects.annotations.map { annotation in
          var annotation = annotation
          annotation.label = 1
          return annotation
        },
        detections: boxes.prefix(count).map { Detection(box: $0, label: 1, score: 0) })
    }
    for (index, image) in images.enumerated() { try image.check(image: index, classes: 1) }
    let matches = workers.map(below: images.count) { index in
      images[index].match(label: 1, limit: count)
    }
    let found = ClassMetrics(matches.compactMap { $0 }, limits: [count])
    let recalls = found.ranges[.all]?.recalls.first
    atHalf = recalls?[OverlapThresholds.half]
    average = recalls.map { $0.reduce(0, +) / Double($0.count) }
  }
}
