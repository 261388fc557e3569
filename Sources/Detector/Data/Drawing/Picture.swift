import Foundation
import LossCore

/// An image with boxes to draw on it.
public struct Picture: Sendable {
  /// A box as it is drawn.
  public struct Mark: Sendable, Equatable {
    /// Where, in pixels of the image.
    public var box: Box
    /// What stands at its upper left corner; may be empty.
    public var text: String
    /// The colour.
    public var color: Color
    /// Whether the outline is dashed.
    public var isDashed: Bool

    /// A mark.
    public init(box: Box, text: String, color: Color, isDashed: Bool = false) {
      self.box = box
      self.text = text
      self.color = color
      self.isDashed = isDashed
    }
  }

  /// What stands below the image.
  public var title: String
  /// The image.
  public var image: Image
  /// The boxes; later ones are drawn over earlier ones.
  public var marks: [Mark]

  /// A picture.
  public init(title: String, image: Image, marks: [Mark]) {
    self.title = title
    self.image = image
    self.marks = marks
  }

  /// An example with its objects in the colours of their classes, and ignored regions dashed.
  public init(_ example: Example, classNames: [String]) {
    let objects = example.objects
    let regions = objects.ignoredRegions.map {
      Mark(box: $0, text: "", color: .ignored, isDashed: true)
    }
    let marks = zip(objects.boxes, objects.labels).map { box, label in
      Mark(box: box, text: className(label, in: classNames), color: .ofClass(label))
    }
    self.init(title: example.name, image: example.image, marks: regions + marks)
  }

  /// What a detector found on an image, each with its class and score; the surest on top.
  public init(title: String, image: Image, detections: [Detection], classNames: [String]) {
    let marks = detections.sorted { $0.score < $1.score }.map { detection in
      Mark(
        box: detection.box,
        text: "\(className(detection.label, in: classNames)) "
          + String(format: "%.2f", Double(detection.score)),
        color: .ofClass(detection.label))
    }
    self.init(title: title, image: image, marks: marks)
  }

  /// The image with its marks drawn.
  ///
  /// - Parameter factor: How many times larger than the image, from 1 to 16.
  public func drawn(enlargedBy factor: Int = 1) -> Image {
    let factor = max(1, min(factor, 16))
    var drawn = image.enlarged(by: factor)
    let thickness = max(1, (drawn.width + 200) / 250)
    for mark in marks {
      let scaled = mark.box.scaled(by: Float(factor))
      drawn.outline(scaled, mark.color, thickness: thickness, isDashed: mark.isDashed)
    }
    for mark in marks where !mark.text.isEmpty {
      drawn.tag(mark.text, at: mark.box.scaled(by: Float(factor)), mark.color)
    }
    return drawn
  }
}

/// The name of a class; its number where it has none.
func className(_ label: Int, in classNames: [String]) -> String {
  classNames.indices.contains(label &- 1) ? classNames[label - 1] : "class \(label)"
}

extension Box {
  fileprivate func scaled(by factor: Float) -> Box {
    Box(x1 * factor, y1 * factor, x2 * factor, y2 * factor)
  }
}

extension Image {
  /// Writes `text` on a ground of `color`, above a box where there is room and in its corner elsewhere.
  fileprivate mutating func tag(_ text: String, at box: Box, _ color: Color) {
    let visible = box.clipped(to: size)
    guard visible.isFinite else { return }
    let (tagWidth, tagHeight) = (Image.width(of: text) + 3, BitmapFont.height + 2)
    let x = max(0, min(Int(visible.x1.rounded()), width - tagWidth))
    let top = Int(visible.y1.rounded())
    let y = top >= tagHeight ? top - tagHeight : min(top, height - 1)
    fill(x..<x + tagWidth, y..<y + tagHeight, color)
    write(text, x: x + 2, y: y + 1, color.readable)
  }
}
