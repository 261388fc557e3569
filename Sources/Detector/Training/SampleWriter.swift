import Foundation
import LossCore
import StrictJSON

/// What a model finds on the first images that it is measured with, for people to look at: the images as
/// PNG files, and `detections.json`, which says what is where on them.
struct SampleWriter {
  /// The score from which on a detection is kept.
  private static let leastScore: Float = 0.5

  private let classNames: [String]
  private let images: [(example: Example, found: [Detection])]

  /// The first images of `data` with what `evaluation` found on them.
  ///
  /// - Parameter size: What the images are scaled to fit.
  /// - Throws: `DataError` where an image can't be read.
  init(of evaluation: DetectionEvaluation, on data: any DataSet, fitting size: ImageSize?)
    throws(DataError)
  {
    classNames = data.classNames
    var images: [(example: Example, found: [Detection])] = []
    for (index, found) in evaluation.detections.prefix(RunFolder.samples).enumerated() {
      let example = try data.example(index)
      let fitted = example.fitted(into: size)
      let sure = found.filter { $0.score >= Self.leastScore }.map { detection in
        var detection = detection
        detection.box = detection.box.scaled(from: example.image.size, to: fitted.image.size)
        return detection
      }
      images.append((fitted, sure))
    }
    self.images = images
  }

  /// The images with their objects, dashed, and on them what was found.
  var pictures: [Picture] {
    images.map { example, found in
      var picture = Picture(
        title: example.name, image: example.image, detections: found, classNames: classNames)
      let objects = Picture(example, classNames: classNames).marks.map { mark in
        Picture.Mark(box: mark.box, text: "", color: mark.color, isDashed: true)
      }
      picture.marks = objects + picture.marks
      return picture
    }
  }

  /// Writes the images, and then `detections.json`.
  ///
  /// - Throws: `BundleError` where a file can't be written.
  func write(to folder: RunFolder) throws {
    for (index, sample) in images.enumerated() {
      try sample.example.image.writePNG(to: folder.sample(index))
    }
    try folder.write(node(in: folder), to: folder.detections)
  }

  private func node(in folder: RunFolder) -> JSONNode {
    [
      "images": JSONNode(
        images.enumerated().map { index, sample in
          let image = sample.example.image
          return [
            "file": JSONNode((folder.sample(index) as NSString).lastPathComponent),
            "name": JSONNode(sample.example.name),
            "width": JSONNode(image.width), "height": JSONNode(image.height),
            "detections": JSONNode(sample.found.map(node)),
          ]
        })
    ]
  }

  private func node(of detection: Detection) -> JSONNode {
    let box = detection.box
    return [
      "class": JSONNode(className(detection.label, in: classNames)),
      "score": hundredths(detection.score),
      "box": JSONNode([box.x1, box.y1, box.x2, box.y2].map(hundredths)),
    ]
  }

  /// A number to two decimals, which are enough to look at.
  private func hundredths(_ number: Float) -> JSONNode {
    JSONNode((Double(number) * 100).rounded() / 100)
  }
}
