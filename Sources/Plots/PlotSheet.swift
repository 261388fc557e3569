/// Panels side by side with a legend above them: a picture by itself, as an SVG file.
package struct PlotSheet {
  /// Something that the legend names.
  package struct Key {
    let name: String
    let sample: Markup

    /// A name, and what it looks like, drawn in 24 × 12 pixels.
    package init(_ name: String, sample: Markup) {
      (self.name, self.sample) = (name, sample)
    }

    /// The curve of this style, from 0.
    package static func curve(_ name: String, style: Int) -> Key {
      Key(
        name,
        sample: Markup(
          "line", ["class": "curve s\(style)", "x1": "0", "x2": "24", "y1": "6", "y2": "6"]))
    }
  }

  /// A curve.
  package struct Curve {
    let name: String
    let style: Int
    let points: [(x: Double, y: Double)]

    /// A curve of a style, from 0.
    package init(_ name: String, style: Int, _ points: [(x: Double, y: Double)]) {
      (self.name, self.style, self.points) = (name, style, points)
    }
  }

  /// A picture of the sheet, and what stands above it.
  package struct Panel {
    let title: String
    /// A line in smaller letters; empty for none.
    let note: String
    let width: Double
    let height: Double
    /// Room for ticks, to the left and below.
    let margins: (left: Double, bottom: Double)
    let content: [Markup]

    /// A picture, drawn as a part of an SVG file of this size.
    package init(
      title: String, note: String = "", width: Double, height: Double,
      margins: (left: Double, bottom: Double) = (0, 0), content: [Markup]
    ) {
      (self.title, self.note, self.width, self.height) = (title, note, width, height)
      (self.margins, self.content) = (margins, content)
    }

    /// Curves over a common axis.
    ///
    /// - Parameter curves: The curves, whose names the legend has.
    package init(title: String, xTitle: String, x: PlotScale, curves: [Curve]) {
      let y = PlotScale(curves.flatMap { $0.points.map(\.y) }, fromZero: true)
      let lines = curves.map { curve in
        (
          points: curve.points.filter { $0.x.isFinite && $0.y.isFinite }
            .map { (x: x.fraction($0.x), y: y.fraction($0.y)) },
          style: "s\(curve.style)", name: curve.name
        )
      }
      self.init(
        title: title, width: 330, height: 190, margins: (46, 44),
        content: PlotAxes(x: x, y: y, xTitle: xTitle).markup + [.stretched(lines)])
    }
  }

  private let title: String
  private let legend: [Key]
  private let rows: [[Panel]]
  private let definitions: [Markup]

  /// A sheet of rows of panels.
  ///
  /// - Parameter title: What it shows, for those who can't see it.
  ///   - definitions: What panels refer to by its id.
  package init(title: String, legend: [Key], rows: [[Panel]], definitions: [Markup] = []) {
    (self.title, self.legend, self.rows) = (title, legend, rows)
    self.definitions = definitions
  }

  /// How many curves have colours and dashes of their own.
  package static let styles = 6

  private static let margin = 16.0, lineHeight = 22.0

  /// The file.
  package var svg: String {
    let width =
      rows.map { row in
        row.reduce(Self.margin) { $0 + $1.margins.left + $1.width + Self.margin }
      }.max() ?? 0
    var y = Self.margin
    var content = keys(within: width, &y)
    for row in rows {
      var x = Self.margin
      let titleHeight = row.contains { !$0.note.isEmpty } ? 42.0 : 24.0
      let height = row.map { titleHeight + $0.height + $0.margins.bottom }.max() ?? 0
      for panel in row {
        x += panel.margins.left
        content.append(
          Markup("text", ["class": "name", "x": "\(x)", "y": "\(y + 14)"], [Markup(panel.title)]))
        if !panel.note.isEmpty {
          content.append(
            Markup("text", ["class": "tick", "x": "\(x)", "y": "\(y + 32)"], [Markup(panel.note)]))
        }
        content.append(
          Markup(
            "svg",
            [
              "x": "\(x)", "y": "\(y + titleHeight)", "width": "\(panel.width)",
              "height": "\(panel.height)", "overflow": "visible",
            ], panel.content))
        x += panel.width + Self.margin
      }
      y += height + Self.margin
    }
    let whole = Markup(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "width": "\(width)", "height": "\(y)",
        "viewBox": "0 0 \(width) \(y)", "role": "img",
      ],
      [
        Markup("title", [:], [Markup(title)]), .style(PlotStyle.sheet), .style(Self.style),
        Markup("defs", [:], definitions),
        Markup("rect", ["class": "ground", "width": "100%", "height": "100%"]),
      ] + content)
    return whole.html + "\n"
  }

  /// The legend, as many names a line as fit.
  private func keys(within width: Double, _ y: inout Double) -> [Markup] {
    var content: [Markup] = []
    var x = Self.margin
    for key in legend {
      let keyWidth = 32 + 7.2 * Double(key.name.count) + 18
      if x > Self.margin, x + keyWidth > width {
        (x, y) = (Self.margin, y + Self.lineHeight)
      }
      content.append(
        Markup(
          "g", ["transform": "translate(\(x) \(y))"],
          [key.sample, Markup("text", ["class": "key", "x": "32", "y": "10"], [Markup(key.name)])]))
      x += keyWidth
    }
    y += legend.isEmpty ? 0 : Self.lineHeight + 4
    return content
  }

  private static let style: StaticString = """
    text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    .ground { fill: var(--ground); } .tick { font-size: 12px; }
    .name { fill: var(--ink); font-size: 14px; font-weight: 500; }
    .key { fill: var(--ink); font-size: 13px; }
    """
}
