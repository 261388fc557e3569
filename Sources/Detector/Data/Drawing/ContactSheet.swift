/// Pictures side by side on one image, with the names of the classes below.
public struct ContactSheet: Sendable {
  /// The pictures, row by row.
  public var pictures: [Picture]
  /// The names of the classes; no legend where there are none.
  public var classNames: [String]

  /// A sheet.
  public init(_ pictures: [Picture], classNames: [String] = []) {
    self.pictures = pictures
    self.classNames = classNames
  }

  /// The width from which on a picture isn't enlarged further.
  private static let pictureWidth = 320
  private static let margin = 12
  private static let background = Color(24, 26, 31)
  private static let text = Color(222, 224, 230)

  /// The sheet as an image.
  ///
  /// - Parameter columns: The number of pictures in a row; as many as make the sheet about square where
  ///   left out.
  public func drawn(columns: Int? = nil) -> Image {
    let cells = pictures.map { picture in
      let factor = max(1, Self.pictureWidth / picture.image.width)
      return (title: picture.title, image: picture.drawn(enlargedBy: factor))
    }
    let cellWidth = (cells.map(\.image.width).max() ?? Self.pictureWidth) + Self.margin
    let titleHeight = BitmapFont.height + 8
    let columns = max(1, min(columns ?? squareColumns(cells.count), max(1, cells.count)))
    let rows = stride(from: 0, to: cells.count, by: columns).map {
      cells[$0..<min($0 + columns, cells.count)]
    }
    let heights = rows.map { row in (row.map(\.image.height).max() ?? 0) + titleHeight }
    let width = columns * cellWidth + Self.margin
    let legend = legendLines(width: width - 2 * Self.margin)
    var sheet = Image(
      width: width,
      height: heights.reduce(2 * Self.margin, +) + legend.count * Self.legendLineHeight,
      color: Self.background)
    var y = Self.margin
    for (row, height) in zip(rows, heights) {
      for (column, cell) in row.enumerated() {
        let x = Self.margin + column * cellWidth
        sheet.insert(cell.image, x: x, y: y)
        let letters = (cellWidth - Self.margin) / BitmapFont.advance
        sheet.write(
          String(cell.title.suffix(letters)), x: x, y: y + cell.image.height + 4, Self.text)
      }
      y += height
    }
    for line in legend {
      sheet.draw(line, y: y)
      y += Self.legendLineHeight
    }
    return sheet
  }

  private func squareColumns(_ count: Int) -> Int {
    Int(Double(count).squareRoot().rounded(.up))
  }
}

extension ContactSheet {
  fileprivate static let legendLineHeight = 20

  /// An entry of the legend and where it begins.
  fileprivate struct LegendEntry {
    let x: Int
    let text: String
    let color: Color
  }

  /// The classes, as many a line as fit.
  fileprivate func legendLines(width: Int) -> [[LegendEntry]] {
    var lines: [[LegendEntry]] = []
    var x = 0
    for (index, name) in classNames.enumerated() {
      let entryWidth = 14 + Image.width(of: name) + 18
      if lines.isEmpty || x + entryWidth > width {
        lines.append([])
        x = 0
      }
      lines[lines.count - 1].append(
        LegendEntry(x: Self.margin + x, text: name, color: .ofClass(index + 1)))
      x += entryWidth
    }
    return lines
  }
}

extension Image {
  fileprivate mutating func draw(_ line: [ContactSheet.LegendEntry], y: Int) {
    for entry in line {
      fill(entry.x..<entry.x + 9, y + 5..<y + 14, entry.color)
      write(entry.text, x: entry.x + 14, y: y + 6, .white)
    }
  }
}
