/// Places the labels of boxes on an image so that none covers another, however wide the image is shown.
///
/// Letters keep their size when the image grows, so that what fits the narrowest image fits any.
struct LabelPlacement {
  /// A label's place: where it begins, or where it ends, as a part of the width; and its upper side, as a
  /// part of the height and pixels beside that.
  struct Place: Equatable {
    let x: Double
    let isEnd: Bool
    let y: Double
    let offset: Double
  }

  /// The height of a line, and of its baseline under its upper side, in pixels.
  static let lineHeight = 15.0, baseline = 12.0
  /// The width of the narrowest image in pixels, and those of letters at most.
  private static let narrowest = 160.0, letter = 6.4, wideLetter = 12.0

  /// The height of the narrowest image.
  private let height: Double
  private var taken: [(x: ClosedRange<Double>, y: ClosedRange<Double>)] = []

  /// An image of these sides without labels.
  init(width: Double, height: Double) {
    self.height = Self.narrowest * height / width
  }

  /// The place of the next label: above the box, below it, or in it; `nil` if no place is free.
  mutating func place(_ text: String, at box: FractionBox) -> Place? {
    let width = text.unicodeScalars.reduce(4) { $0 + ($1.isASCII ? Self.letter : Self.wideLetter) }
    for (y, offset) in [(box.y1, -Self.lineHeight), (box.y2, 0), (box.y1, 0)] {
      for (x, isEnd) in [(box.x1, false), (box.x2, true)] {
        let left = x * Self.narrowest - (isEnd ? width : 0)
        let top = y * height + offset
        guard left >= 0, left + width <= Self.narrowest, top >= 0,
          top + Self.lineHeight <= height
        else { continue }
        let area = (x: left...left + width, y: top...top + Self.lineHeight)
        if taken.contains(where: { Self.overlap($0.x, area.x) && Self.overlap($0.y, area.y) }) {
          continue
        }
        taken.append(area)
        return Place(x: x, isEnd: isEnd, y: y, offset: offset)
      }
    }
    return nil
  }

  private static func overlap(_ a: ClosedRange<Double>, _ b: ClosedRange<Double>) -> Bool {
    a.lowerBound < b.upperBound && b.lowerBound < a.upperBound
  }
}
