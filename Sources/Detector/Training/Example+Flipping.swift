import LossCore

extension Example {
  /// The example mirrored from left to right, turned upside down, or both.
  func flipped(horizontally: Bool, vertically: Bool) -> Example {
    guard horizontally || vertically else { return self }
    let (width, height) = (image.width, image.height)
    let flipped = image.turned(
      ImageOrientation(isMirrored: horizontally, isUpsideDown: vertically))
    func flip(_ box: Box) -> Box {
      var box = box
      if horizontally { (box.x1, box.x2) = (Float(width) - box.x2, Float(width) - box.x1) }
      if vertically { (box.y1, box.y2) = (Float(height) - box.y2, Float(height) - box.y1) }
      return box
    }
    return Example(
      name: name, id: id, image: flipped,
      objects: GroundTruth(
        boxes: objects.boxes.map(flip), labels: objects.labels,
        ignoredRegions: objects.ignoredRegions.map(flip)))
  }
}
