/// Grid lines, ticks and the title of the horizontal axis.
package struct PlotAxes {
  let x: PlotScale
  let y: PlotScale
  let xTitle: String
  /// Whether the vertical axis is that of parts of a whole.
  var isPercentage = false

  /// The axes of a plot.
  package init(x: PlotScale, y: PlotScale, xTitle: String, isPercentage: Bool = false) {
    (self.x, self.y, self.xTitle, self.isPercentage) = (x, y, xTitle, isPercentage)
  }

  /// What goes under the data.
  package var markup: [Markup] { horizontalLines + xLabels }

  /// The lines of the vertical axis and their numbers, by turns.
  package var horizontalLines: [Markup] {
    let ticks = isPercentage ? [0, 0.25, 0.5, 0.75, 1] : y.ticks(4)
    return ticks.flatMap { tick in
      let place = percent(1 - y.fraction(tick))
      let label =
        isPercentage ? percentage(tick) : y.label(tick, among: ticks)
      return [
        Markup("line", ["class": "grid", "x1": "0", "x2": "100%", "y1": place, "y2": place]),
        Markup(
          "text", ["class": "tick", "x": "-8", "y": place, "dy": "0.32em", "text-anchor": "end"],
          [Markup(label)]),
      ]
    }
  }

  /// The numbers of the horizontal axis, and its title.
  package var xLabels: [Markup] {
    let ticks = x.ticks(4)
    let labels = ticks.map { tick in
      Markup(
        "text",
        [
          "class": "tick", "x": percent(x.fraction(tick)), "y": "100%", "dy": "1.5em",
          "text-anchor": "middle",
        ], [Markup(x.label(tick, among: ticks))])
    }
    let title = Markup(
      "text", ["class": "tick", "x": "100%", "y": "100%", "dy": "2.9em", "text-anchor": "end"],
      [Markup(xTitle)])
    return labels + [title]
  }
}

extension Markup {
  /// Curves stretched to the size of the plot around them; each point a pair of parts of it.
  package static func stretched(
    _ curves: [(points: [(x: Double, y: Double)], style: String, name: String)]
  ) -> Markup {
    stretched(
      shapes: curves.map { curve in
        Markup(
          "polyline", ["class": "curve \(curve.style)", "points": coordinates(curve.points)],
          [Markup("title", [:], [Markup(curve.name)])])
      })
  }

  /// Shapes with ``coordinates(_:)``, stretched to the size of the plot around them.
  package static func stretched(shapes: [Markup]) -> Markup {
    Markup(
      "svg",
      [
        "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "width": "100%",
        "height": "100%",
      ], shapes)
  }

  /// Points, each a pair of parts of the plot, as shapes have them.
  package static func coordinates(_ points: [(x: Double, y: Double)]) -> String {
    points.map { "\(tenth($0.x)),\(tenth(1 - $0.y))" }.joined(separator: " ")
  }

  /// A part of 1000 with one decimal.
  private static func tenth(_ part: Double) -> String {
    "\((part * 10_000).rounded() / 10)"
  }
}
