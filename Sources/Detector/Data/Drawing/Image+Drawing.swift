import LossCore

extension Image {
  /// An image of one colour; a side of less than 1 is taken as 1.
  init(width: Int, height: Int, color: Color) {
    let (width, height) = (max(1, width), max(1, height))
    self.init(width: width, height: height) { pixels in
      for _ in 0..<width * height { pixels += [color.red, color.green, color.blue] }
    }
  }

  /// The image with each pixel as a square of `factor` by `factor`.
  func enlarged(by factor: Int) -> Image {
    guard factor > 1 else { return self }
    return Image(width: width * factor, height: height * factor) { enlarged in
      for y in 0..<height {
        var row: [UInt8] = []
        row.reserveCapacity(3 * width * factor)
        for x in 0..<width {
          let start = 3 * (y * width + x)
          for _ in 0..<factor { row += pixels[start..<start + 3] }
        }
        for _ in 0..<factor { enlarged += row }
      }
    }
  }

  /// Fills a rectangle of columns and rows; what lies outside of the image is left out.
  mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ color: Color) {
    let columns = columns.clamped(to: 0..<width)
    for y in rows.clamped(to: 0..<height) {
      for x in columns {
        let start = 3 * (y * width + x)
        pixels[start] = color.red
        pixels[start + 1] = color.green
        pixels[start + 2] = color.blue
      }
    }
  }

  /// Puts another image in here, its upper left corner at (`x`, `y`); what reaches over the right or the
  /// lower side is left out.
  mutating func insert(_ image: Image, x: Int, y: Int) {
    let columns = min(image.width, width - x)
    guard x >= 0, y >= 0, columns > 0 else { return }
    for row in 0..<max(0, min(image.height, height - y)) {
      let source = 3 * row * image.width
      let target = 3 * ((y + row) * width + x)
      pixels.replaceSubrange(
        target..<target + 3 * columns, with: image.pixels[source..<source + 3 * columns])
    }
  }

  /// Draws the outline of a box, its outer side on the box.
  ///
  /// - Parameter isDashed: Whether four pixels in eight are left out.
  mutating func outline(_ box: Box, _ color: Color, thickness: Int, isDashed: Bool) {
    let (columns, rows) = (pixelRange(box.x1, box.x2, width), pixelRange(box.y1, box.y2, height))
    func segments(_ range: Range<Int>) -> [Range<Int>] {
      guard isDashed else { return [range] }
      let dash = 4 * thickness
      return stride(from: range.lowerBound, to: range.upperBound, by: 2 * dash).map {
        $0..<min($0 + dash, range.upperBound)
      }
    }
    for segment in segments(columns) {
      fill(segment, rows.prefix(thickness), color)
      fill(segment, rows.suffix(thickness), color)
    }
    for segment in segments(rows) {
      fill(columns.prefix(thickness), segment, color)
      fill(columns.suffix(thickness), segment, color)
    }
  }

  /// Writes a line of text, its upper left corner at (`x`, `y`).
  mutating func write(_ text: String, x: Int, y: Int, _ color: Color, scale: Int = 1) {
    for (position, character) in text.enumerated() {
      let left = x + position * BitmapFont.advance * scale
      if left >= width { return }
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.width where bits >> (BitmapFont.width - 1 - column) & 1 == 1 {
          let (x, y) = (left + column * scale, y + row * scale)
          fill(x..<x + scale, y..<y + scale, color)
        }
      }
    }
  }

  /// The width of a line of text.
  static func width(of text: String, scale: Int = 1) -> Int {
    max(0, text.count * BitmapFont.advance - 1) * scale
  }
}

/// The pixels between two coordinates, at least one and none outside of the image.
private func pixelRange(_ low: Float, _ high: Float, _ side: Int) -> Range<Int> {
  // Cut in floating point: an Int holds neither a coordinate that is not finite nor a huge one.
  func cut(_ coordinate: Float) -> Int {
    coordinate.isNaN ? 0 : Int(max(0, min(coordinate, Float(side))).rounded())
  }
  let start = min(cut(low), side - 1)
  return start..<max(start + 1, cut(high))
}
