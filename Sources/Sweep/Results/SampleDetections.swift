import Foundation
import ResourceLimits
import StrictJSON

/// What a model finds on some images, as its trainer tells in `detections.json`:
///
///     { "images": [
///       { "file": "sample_0.png", "name": "scene 1", "width": 160, "height": 120,
///         "objects": [ { "class": "disc", "box": [12, 8, 41, 31] } ],
///         "detections": [ { "class": "disc", "score": 0.98, "box": [12, 8.5, 40, 31] } ] } ] }
///
/// A box is x1, y1, x2 and y2 in pixels of the image. The ground truth, `objects`, may be left out.
struct SampleDetections: Sendable {
  /// An object that was found, or one that is there.
  struct Detection: Sendable {
    let className: String
    /// How sure the model is; `nil` for what is there.
    let score: Double?
    /// Where.
    let box: FractionBox
  }

  /// An image, and what was found on it.
  struct Sample: Sendable {
    /// The path of the image's file, and where that is named.
    let file: String, fileNode: JSONNode
    /// The folder of the file that names it.
    let folder: String
    /// What the image is called.
    let name: String
    /// The sides in pixels.
    let width: Double, height: Double
    /// What is there, as far as the trainer tells.
    let objects: [Detection]
    /// The surest first.
    let detections: [Detection]
  }

  let samples: [Sample]

  /// Reads the file at `path`, or answers `nil` if there is none.
  ///
  /// - Throws: `Diagnostics` with everything that is wrong with it.
  init?(contentsOf path: String) throws(Diagnostics) {
    let node = try FoundFile.node(
      at: path, atMost: Limits.detectionsBytes, of: "a few images")
    guard let node else { return nil }
    var reader = SampleReader(
      folder: URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false))
    samples = reader.samples(node)
    if let diagnostics = Diagnostics(reader.diagnostics) { throw diagnostics }
  }
}

/// A box in parts of the width and the height of its image, within 0 and 1.
struct FractionBox: Sendable, Equatable {
  let x1: Double, y1: Double, x2: Double, y2: Double
}
