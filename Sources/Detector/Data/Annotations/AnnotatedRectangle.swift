import LossCore

/// A box as annotations give it, from the upper left corner.
struct AnnotatedRectangle: CustomStringConvertible {
  let x, y, width, height: Double

  /// The numbers as a file of COCO has them, or almost.
  var description: String { "[\(x), \(y), \(width), \(height)]" }

  /// Whether both sides are positive.
  var hasSize: Bool { width > 0 && height > 0 }

  /// Whether the box doesn't reach over the sides of an image by more than rounding does.
  func isInside(_ size: ImageSize) -> Bool {
    let slack = 0.01
    return x >= -slack && y >= -slack && x + width <= Double(size.width) + slack
      && y + height <= Double(size.height) + slack
  }

  /// The part of the box that lies on an image, or `nil` if there is none.
  func box(on size: ImageSize) -> Box? {
    let box = Box(
      Float(max(0, x)), Float(max(0, y)), Float(min(Double(size.width), x + width)),
      Float(min(Double(size.height), y + height)))
    return box.x1 < box.x2 && box.y1 < box.y2 ? box : nil
  }
}
