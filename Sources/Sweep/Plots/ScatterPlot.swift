import Foundation
import Plots

/// A number against another: dots for trials, and a line through the means where values repeat.
struct ScatterPlot {
  /// A trial.
  struct Point {
    let x: Double
    let y: Double
    let label: String
  }

  let title: String
  let xTitle: String
  let points: [Point]

  /// The plot with its title.
  var markup: Markup {
    let positives = points.map(\.x).filter { $0 > 0 }
    let spread = (positives.max() ?? 1) / (positives.min() ?? 1)
    let x = PlotScale(
      points.map(\.x), logarithmic: positives.count == points.count && spread >= 20)
    let y = PlotScale(points.map(\.y))
    return Markup(
      "figure", ["class": "plot"],
      [
        Markup("figcaption", [:], [Markup(title)]),
        Markup(
          "svg", ["class": "chart neutral", "role": "img", "height": "190"],
          [Markup("title", [:], [Markup(description)])]
            + PlotAxes(x: x, y: y, xTitle: xTitle).markup
            + [.stretched([(points: line(x, y), style: "", name: "mean")])]
            + points.map { dot($0, x, y) }),
      ])
  }

  /// The means at the values of x that several trials have, in their order.
  private var means: [(x: Double, y: Double)] {
    Dictionary(grouping: points, by: \.x).filter { $0.value.count > 1 }
      .map { x, points in (x, points.reduce(0) { $0 + $1.y } / Double(points.count)) }
      .sorted { $0.0 < $1.0 }
  }

  private var description: String {
    let means = means.prefix(8).map { "\(LinePlot.text($0.x)) gives \(LinePlot.text($0.y))" }
    return means.isEmpty ? title : "\(title): \(means.joined(separator: ", "))"
  }

  private func line(_ x: PlotScale, _ y: PlotScale) -> [(x: Double, y: Double)] {
    means.map { (x: x.fraction($0.x), y: y.fraction($0.y)) }
  }

  private func dot(_ point: Point, _ x: PlotScale, _ y: PlotScale) -> Markup {
    Markup(
      "circle",
      [
        "class": "seed", "cx": percent(x.fraction(point.x)), "cy": percent(1 - y.fraction(point.y)),
        "r": "4",
      ],
      [Markup("title", [:], [Markup(point.label)])])
  }
}
