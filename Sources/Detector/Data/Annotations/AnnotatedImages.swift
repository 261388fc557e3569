import LossCore
import Objective
import StrictJSON

/// Images whose sizes the annotations tell: what data sets in the formats of COCO and Pascal VOC are.
struct AnnotatedImages: Sendable {
  let classNames: [String]
  let images: [AnnotatedImage]
  /// How many boxes reached over their image.
  let clippedCount: Int

  func example(_ index: Int) throws(DataError) -> Example {
    let record = try record(index)
    return Example(
      name: record.name, id: record.id,
      image: try Image(contentsOf: record.path, size: record.size), objects: record.objects)
  }

  func annotations(_ index: Int) throws(DataError) -> [Annotation] {
    try record(index).annotations
  }

  private func record(_ index: Int) throws(DataError) -> AnnotatedImage {
    guard images.indices.contains(index) else {
      throw DataError(
        "image \(index)", "there are \(images.count) images, from 0 to \(images.count - 1)")
    }
    return images[index]
  }

  /// What is unusual but no error.
  var notes: [String] {
    let labels = images.flatMap { $0.annotations.filter { !$0.isCrowd }.compactMap(\.label) }
    return Self.notes(
      classNames: classNames, found: Set(labels), images: images.count,
      empty: images.count { $0.annotations.isEmpty }) + warnings
  }

  /// What is unusual about how often classes and images have objects.
  static func notes(
    classNames: [String], found: Set<Int>, images: Int, empty: Int
  ) -> [String] {
    classNames.enumerated().compactMap { index, name in
      found.contains(index + 1)
        ? nil : "category \(Diagnostic.quote(name)) has no objects; it can't be learnt or measured"
    } + (empty > 0 ? ["images without annotations: \(empty) of \(images)"] : [])
  }

  /// What is probably a mistake.
  var warnings: [String] {
    var warnings = Self.warnings(clipped: clippedCount)
    let normalized = images.count { $0.objects.seemsNormalized(on: $0.size) }
    if normalized > 0 {
      warnings.append(
        "images all of whose boxes lie within 0 to 1: \(normalized) of \(images.count); they are "
          + "probably shares of the sides: multiply x and width by the image's width, y and height "
          + "by its height")
    }
    return warnings
  }

  static func warnings(clipped: Int) -> [String] {
    clipped > 0 ? ["boxes that reached over their image and were clipped: \(clipped)"] : []
  }
}
