import LossCore

extension DetectionBatch {
  /// What is probably wrong with the batch, though an objective can be evaluated on it; in the form of the
  /// errors that a strict program may throw.
  ///
  /// - Ground-truth boxes of an image that lie within 0 to 1, on an image of 100 pixels or more.
  /// - Eight ground-truth boxes or more that all would lie in their images, too, were they x, y, width and
  ///   height: each would be in the upper left quarter by its center.
  /// - Ground-truth boxes that reach over their image by more than a pixel, which rounding may do.
  /// - Feature maps whose cells times stride miss the batch's greatest height or width by more than a
  ///   stride. A map may span more, up to the next multiple of 32 or of the stage's largest stride, to which
  ///   detectors pad their batches.
  ///
  /// Of what is wrong in many places the first is named, and how many more there are.
  ///
  /// - Parameter targets: What the feature maps are taken from.
  public func warnings(about targets: [StageTargets]) -> [InputError] {
    [normalizedBoxes ?? cornersAndSides, boxesOutside].compactMap(\.self)
      + targets.compactMap { misfit(of: $0) }
  }

  private var normalizedBoxes: InputError? {
    let found = images.indices.filter {
      images[$0].groundTruth.seemsNormalized(on: images[$0].size)
    }
    guard let first = found.first else { return nil }
    return InputError(
      "gt_boxes image \(first)",
      "all boxes lie within 0 to 1, on an image of \(images[first].size.text) pixels; they are "
        + "probably shares of its sides: multiply x by the width and y by the height"
        + more(found.count, "so it is in", "image"))
  }

  private var cornersAndSides: InputError? {
    let count = images.reduce(0) { $0 + $1.groundTruth.boxes.count }
    guard count >= 8,
      images.allSatisfy({ image in
        image.groundTruth.boxes.allSatisfy {
          $0.x1 + $0.x2 <= Float(image.size.width) + 1
            && $0.y1 + $0.y2 <= Float(image.size.height) + 1
        }
      })
    else { return nil }
    return InputError(
      "gt_boxes",
      "all \(count) boxes would lie in their images as x, y, width, height too; they are probably that: "
        + "add x to the width and y to the height")
  }

  private var boxesOutside: InputError? {
    var first: (image: Int, row: Int)?
    var count = 0
    for (index, image) in images.enumerated() {
      for (row, box) in image.groundTruth.boxes.enumerated() where !box.isInside(image.size) {
        first = first ?? (index, row)
        count += 1
      }
    }
    guard let first else { return nil }
    let image = images[first.image]
    return InputError(
      "gt_boxes image \(first.image), row \(first.row)",
      "\(image.groundTruth.boxes[first.row].coordinates) reaches over its image of "
        + "\(image.size.text) pixels (height × width); clip it, or see whether image_sizes has the "
        + "height first, and the box x first" + more(count, "so do", "box", "boxes"))
  }

  private func misfit(of targets: StageTargets) -> InputError? {
    let largest = ImageSize(
      height: images.map(\.size.height).max() ?? 0, width: images.map(\.size.width).max() ?? 0)
    let strides = targets.images.first?.priors.levels.map(\.stride) ?? []
    let padding = max(32, strides.compactMap(\.self).max() ?? 0)
    func fits(_ cells: Int, _ stride: Double, _ side: Int) -> Bool {
      let padded = (Double(side) / padding).rounded(.up) * padding
      return (Double(side) - stride...padded + stride).contains(Double(cells) * stride)
    }
    let misfits = zip(targets.featureMaps, strides).enumerated().compactMap { level, pair in
      pair.1.flatMap { stride in
        fits(pair.0.height, stride, largest.height) && fits(pair.0.width, stride, largest.width)
          ? nil : (level: level, map: pair.0, stride: stride)
      }
    }
    guard let (level, map, stride) = misfits.first else { return nil }
    let spans = [map.height, map.width].map { "\(ParameterValue.number(Double($0) * stride))" }
    return InputError(
      "stage \(targets.stage), level \(level)",
      "the feature map of \(map) cells of stride \(ParameterValue.number(stride)) spans "
        + "\(spans.joined(separator: " × ")) pixels, but the largest image of the batch has "
        + "\(largest.text); expected so many to within a stride, or padded to a multiple of "
        + "\(ParameterValue.number(padding)): see to the strides of the priors, or to image_sizes"
        + more(misfits.count, "so do", "level"))
  }

  /// How many of `count` things there are beside the first.
  private func more(_ count: Int, _ verb: String, _ one: String, _ many: String? = nil) -> String {
    switch count - 1 {
    case 0: ""
    case 1: "; \(verb) 1 more \(one)"
    case let others: "; \(verb) \(others) more \(many ?? one + "s")"
    }
  }
}

extension GroundTruth {
  /// Whether the boxes are probably shares of their image's sides: an object of a pixel in the upper left
  /// corner is rare, and two of them are rarer.
  package func seemsNormalized(on size: ImageSize) -> Bool {
    max(size.height, size.width) >= 100 && !boxes.isEmpty
      && boxes.flatMap(\.coordinates).allSatisfy { (0...1).contains($0) }
  }
}

extension Box {
  fileprivate func isInside(_ size: ImageSize) -> Bool {
    x1 >= -1 && y1 >= -1 && x2 <= Float(size.width) + 1 && y2 <= Float(size.height) + 1
  }
}

extension ImageSize {
  fileprivate var text: String { "\(height) × \(width)" }
}
