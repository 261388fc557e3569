import LossCore

extension Example {
  /// The example mirrored from left to right, turned upside down, or both.
  func flipped(horizontally: Bool, vertically: Bool) -> Example {
    guard horizontally || vertically else { return self }
    let (width, height) = (image.width, image.height)
    var flipped = image
    for row in 0..<height {
      let from = (vertically ? height - 1 - row : row) * width
      for column in 0..<width {
        let source = 3 * (from + (horizontally ? width - 1 - column : column))
        let target = 3 * (row * width + column)
        for channel in 0..<3 {
          flipped.pixels[target + channel] = image.pixels[source + channel]
        }
      }
    }
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
