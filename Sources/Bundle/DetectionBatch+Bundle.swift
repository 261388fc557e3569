import LossCore
import StrictJSON

extension DetectionBatch {
  /// The suffix of a tensor that records which priors of a stage were drawn.
  static let recordSuffix = ".sampled"

  /// Reads the images of a bundle: `image_sizes`, `gt_boxes`, `gt_labels`, and where they are there
  /// `padded_sizes`, `gt_image`, `gt_ignore`, `proposals`, `proposals_image` and `<stage>.sampled`.
  ///
  /// Shapes and types are those of <doc:BundleFormat>. Values are checked by ``check()``.
  ///
  /// - Throws: ``BundleError`` where a tensor is missing, of the wrong type or shape, or names an image
  ///   that doesn't exist.
  public init(_ source: some TensorSource) throws(BundleError) {
    let sizes = try source.integers(named: "image_sizes")
    try source.check(sizes.shape, of: "image_sizes", is: [nil, 2], "[images, 2]")
    let count = sizes.shape[0]
    var padded: Tensor<Int>?
    if source.names.contains("padded_sizes") {
      let tensor = try source.integers(named: "padded_sizes")
      try source.check(
        tensor.shape, of: "padded_sizes", is: [count, 2], "[\(count), 2], one an image")
      padded = tensor
    }

    let boxes = try source.floats(named: "gt_boxes")
    try source.check(boxes.shape, of: "gt_boxes", is: [nil, 4], "[objects, 4]")
    let objects = boxes.shape[0]
    let labels = try source.integers(named: "gt_labels")
    try source.check(labels.shape, of: "gt_labels", is: [objects], "[\(objects)], one a box")
    let ignored = try source.optionalIntegers("gt_ignore", count: objects)
    let imageOfObject = try source.images("gt_image", count: objects, images: count)

    var proposals: Tensor<Float>?
    var imageOfProposal: [Int] = []
    if source.names.contains("proposals") {
      let tensor = try source.floats(named: "proposals")
      try source.check(tensor.shape, of: "proposals", is: [nil, 4], "[proposals, 4]")
      imageOfProposal = try source.images(
        "proposals_image", count: tensor.shape[0], images: count)
      if let row = imageOfProposal.indices.dropFirst().first(where: {
        imageOfProposal[$0] < imageOfProposal[$0 - 1]
      }) {
        throw BundleError(
          file: source.path,
          message: "proposals_image row \(row) goes back to image \(imageOfProposal[row]); "
            + "order the proposals, and the predictions for them, by image")
      }
      proposals = tensor
    }

    var objectsOfImage: [[Int]] = Array(repeating: [], count: count)
    for (object, image) in imageOfObject.enumerated() { objectsOfImage[image].append(object) }
    var images = (0..<count).map { index in
      Image(
        size: ImageSize(
          height: sizes.elements[2 * index], width: sizes.elements[2 * index + 1]),
        paddedSize: padded.map {
          ImageSize(height: $0.elements[2 * index], width: $0.elements[2 * index + 1])
        },
        groundTruth: GroundTruth(
          objects: objectsOfImage[index], boxes: boxes, labels: labels.elements, ignored: ignored),
        proposals: proposals == nil ? nil : [])
    }
    for (row, image) in imageOfProposal.enumerated() {
      if let proposals { images[image].proposals?.append(Box(row: row, of: proposals)) }
    }

    var records: [String: [Bool]] = [:]
    for name in source.names where name.hasSuffix(Self.recordSuffix) {
      let record = try source.integers(named: name)
      guard record.shape.count == 1 else {
        throw BundleError(
          file: source.path,
          message: "\(name) has shape \(record.shape); expected [priors], images outermost")
      }
      records[String(name.dropLast(Self.recordSuffix.count))] = record.elements.map { $0 != 0 }
    }
    self.init(images: images, recordedSamples: records)
  }
}

extension TensorSource {
  /// The tensors called `names` as singles; those that are missing are left out.
  ///
  /// - Throws: ``BundleError`` where one can't be read, or a finite number doesn't fit.
  public func predictions(_ names: [String]) throws(BundleError) -> [String: Tensor<Float>] {
    var result: [String: Tensor<Float>] = [:]
    for name in names {
      let floats = try floats(named: name)
      if let element = floats.elements.firstIndex(where: \.isInfinite) {
        let number = try doubles(named: name).elements[element]
        if number.isFinite {
          throw BundleError(
            file: path,
            message:
              "tensor \(Diagnostic.quote(name)) holds \(number) at element \(element), which doesn't fit "
              + "single precision")
        }
      }
      result[name] = floats
    }
    return result
  }

  /// Checks a shape; `nil` stands for any length.
  fileprivate func check(
    _ shape: [Int], of name: String, is expected: [Int?], _ words: String
  ) throws(BundleError) {
    let fits =
      shape.count == expected.count
      && zip(shape, expected).allSatisfy { $1 == nil || $0 == $1 }
    guard fits else {
      throw BundleError(file: path, message: "\(name) has shape \(shape); expected \(words)")
    }
  }

  fileprivate func optionalIntegers(
    _ name: String, count: Int
  ) throws(BundleError) -> [Int]? {
    guard names.contains(name) else { return nil }
    let tensor = try integers(named: name)
    try check(tensor.shape, of: name, is: [count], "[\(count)], one a box")
    return tensor.elements
  }

  /// The image of each row; image 0 where there is no such tensor and one image alone.
  fileprivate func images(
    _ name: String, count: Int, images: Int
  ) throws(BundleError) -> [Int] {
    guard let indices = try optionalIntegers(name, count: count) else {
      guard images == 1 || count == 0 else {
        throw BundleError(
          file: path,
          message: "has \(images) images but no \(name) to say which image each row belongs to")
      }
      return Array(repeating: 0, count: count)
    }
    if let row = indices.firstIndex(where: { !(0..<images).contains($0) }) {
      throw BundleError(
        file: path,
        message: "\(name) row \(row) names image \(indices[row]); image_sizes has \(images), "
          + "counted from 0")
    }
    return indices
  }
}

extension GroundTruth {
  fileprivate init(objects: [Int], boxes: Tensor<Float>, labels: [Int], ignored: [Int]?) {
    let counted = objects.filter { ignored?[$0] ?? 0 == 0 }
    let left = objects.filter { ignored?[$0] ?? 0 != 0 }
    self.init(
      boxes: counted.map { Box(row: $0, of: boxes) }, labels: counted.map { labels[$0] },
      ignoredRegions: left.map { Box(row: $0, of: boxes) })
  }
}

extension Box {
  /// The box in a row of an `[n, 4]` tensor.
  fileprivate init(row: Int, of tensor: Tensor<Float>) {
    let e = tensor.elements[4 * row..<4 * row + 4]
    self.init(e[4 * row], e[4 * row + 1], e[4 * row + 2], e[4 * row + 3])
  }
}
