import LossCore

/// An image whose size the annotations tell, before its pixels are read.
struct AnnotatedImage: Sendable {
  /// The name of its file, as the annotations have it.
  let name: String
  let id: Int
  let size: ImageSize
  /// Where the file is.
  let path: String
  var annotations: [Annotation] = []

  /// The objects, and crowds as ignored regions.
  var objects: GroundTruth {
    let objects = annotations.filter { !$0.isCrowd }
    return GroundTruth(
      boxes: objects.map(\.box), labels: objects.compactMap(\.label),
      ignoredRegions: annotations.filter(\.isCrowd).map(\.box))
  }
}
