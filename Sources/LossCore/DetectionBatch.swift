/// The images of a batch: what is on them, and what a model said of them.
public struct DetectionBatch: Sendable {
  /// One image of a batch.
  public struct Image: Sendable {
    /// The size in pixels.
    public var size: ImageSize
    /// The size to which the image by itself is padded, if the model's batches have room beyond it; priors may
    /// be ignored there. `nil` if that isn't known, or makes no difference.
    public var paddedSize: ImageSize?
    /// The objects.
    public var groundTruth: GroundTruth
    /// The proposals that came with the image; `nil` if none came.
    public var proposals: [Box]?

    /// An image.
    public init(
      size: ImageSize, paddedSize: ImageSize? = nil, groundTruth: GroundTruth,
      proposals: [Box]? = nil
    ) {
      self.size = size
      self.paddedSize = paddedSize
      self.groundTruth = groundTruth
      self.proposals = proposals
    }
  }

  /// The images, in the order of the predictions' outermost axis.
  public var images: [Image]
  /// For a stage's name, which priors a recorded draw took: images outermost, then priors in order.
  public var recordedSamples: [String: [Bool]]

  /// A batch.
  public init(images: [Image], recordedSamples: [String: [Bool]] = [:]) {
    self.images = images
    self.recordedSamples = recordedSamples
  }

  /// Checks sizes, boxes and labels.
  ///
  /// - Throws: ``InputError`` that names image and row of a size or side that isn't positive, a
  ///   coordinate that isn't finite, or a label that isn't 1 to 2³¹ − 1.
  public func check() throws(InputError) {
    for (index, image) in images.enumerated() {
      guard image.size.height > 0, image.size.width > 0 else {
        throw InputError(
          "image_sizes row \(index)", image: index,
          "height \(image.size.height) and width \(image.size.width); expected positive numbers")
      }
      if let padded = image.paddedSize {
        guard padded.height >= image.size.height, padded.width >= image.size.width else {
          throw InputError(
            "padded_sizes row \(index)", image: index,
            "height \(padded.height) and width \(padded.width); expected those of the image or more, "
              + "\(image.size.height) and \(image.size.width)")
        }
      }
      let truth = image.groundTruth
      try check(truth.boxes, "gt_boxes", image: index)
      try check(truth.ignoredRegions, "ignored gt_boxes", image: index)
      try check(image.proposals ?? [], "proposals", image: index, allowingEmpty: true)
      if let row = truth.labels.firstIndex(where: { $0 < 1 }) {
        throw InputError(
          "gt_labels image \(index), row \(row)", image: index,
          "label \(truth.labels[row]); expected 1 or more (0 is the background)")
      }
      if let row = truth.labels.firstIndex(where: { $0 > Int32.max }) {
        throw InputError(
          "gt_labels image \(index), row \(row)", image: index,
          "label \(truth.labels[row]); expected \(Int32.max) at most")
      }
    }
  }

  private func check(
    _ boxes: [Box], _ name: String, image: Int, allowingEmpty: Bool = false
  ) throws(InputError) {
    let wrong = boxes.firstIndex { box in
      let isOrdered =
        allowingEmpty
        ? box.x1 <= box.x2 && box.y1 <= box.y2 : box.x1 < box.x2 && box.y1 < box.y2
      return !(isOrdered && box.isFinite)
    }
    guard let wrong else { return }
    let box = boxes[wrong]
    let problem =
      !box.isFinite
      ? "has a coordinate that is not finite"
      : allowingEmpty
        ? "has a side that is negative; expected x1 <= x2 and y1 <= y2"
        : "has a side that is not positive; expected x1 < x2 and y1 < y2"
    throw InputError(
      "\(name) image \(image), row \(wrong)", image: image, "\(box.coordinates) \(problem)")
  }
}
