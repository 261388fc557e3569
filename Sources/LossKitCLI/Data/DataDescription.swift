import Detector
import LossKit

/// What is in a data set, all of whose images have been read.
struct DataDescription {
  /// The objects of one class.
  struct Class {
    let name: String
    /// The number of images that show one or more.
    var images = 0
    var objects: [AreaRange: Int] = [:]
    var crowds = 0
    var sides: ClosedRange<Float>?
  }

  let notes: [String]
  private(set) var classes: [Class]
  private(set) var imageCount = 0
  private(set) var imagesWithoutObjects = 0
  /// The regions to ignore that are of no class.
  private(set) var ignoredRegions = 0
  /// How many images have a size, the most frequent first.
  private(set) var sizes: [(size: ImageSize, count: Int)] = []

  /// Reads every example of `data`.
  ///
  /// - Throws: the `DataError` of the first example that can't be read.
  init(_ data: any DataSet, workers: Workers) throws(DataError) {
    notes = data.notes
    classes = data.classNames.map { Class(name: $0) }
    let examples = workers.map(below: data.count, inBlocksOf: 8) { index in
      Result { () throws(DataError) in
        (size: try data.example(index).image.size, annotations: try data.annotations(index))
      }
    }
    var places: [[Int]: Int] = [:]
    for example in examples {
      let (size, annotations) = try example.get()
      imageCount += 1
      if let known = places[[size.width, size.height]] {
        sizes[known].count += 1
      } else {
        places[[size.width, size.height]] = sizes.count
        sizes.append((size, 1))
      }
      if annotations.allSatisfy(\.isCrowd) { imagesWithoutObjects += 1 }
      for label in Set(annotations.filter { !$0.isCrowd }.compactMap(\.label)) {
        classes[label - 1].images += 1
      }
      for annotation in annotations { add(annotation) }
    }
    sizes.sort { $0.count > $1.count }
  }

  private mutating func add(_ annotation: Annotation) {
    guard let label = annotation.label else {
      ignoredRegions += 1
      return
    }
    guard !annotation.isCrowd else {
      classes[label - 1].crowds += 1
      return
    }
    let (width, height) = (annotation.box.width(), annotation.box.height())
    let known = classes[label - 1].sides
    classes[label - 1].sides =
      min(
        known?.lowerBound ?? width, width, height)...max(known?.upperBound ?? width, width, height)
    let ranges: [AreaRange] = [.small, .medium, .large]
    let range = ranges.first { $0.contains(annotation.area) } ?? .all
    classes[label - 1].objects[range, default: 0] += 1
  }
}

extension DataDescription.Class {
  /// The number of objects, crowds left out.
  var objectCount: Int { objects.values.reduce(0, +) }
}
