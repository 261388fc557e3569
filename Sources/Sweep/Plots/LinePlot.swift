import Foundation
import Plots

/// Curves over a common axis, as SVG that keeps its text readable at any width.
///
/// Positions are parts of the width; only the curves are stretched, and not their strokes.
struct LinePlot {
  /// A curve.
  struct Series {
    /// What it shows.
    let name: String
    /// Its colour and dashes, from 0.
    let style: Int
    let points: [TrainingCurves.Point]
  }

  let title: String
  let xTitle: String
  let series: [Series]
  var isPercentage = false

  /// The plot with its title.
  var markup: Markup {
    let points = series.flatMap(\.points)
    let x = PlotScale(points.map(\.x), room: 0)
    let y =
      isPercentage
      ? PlotScale([0, 1], room: 0)
      : PlotScale(points.flatMap { [$0.low, $0.high] }, fromZero: true)
    let bands = series.map { series in
      (
        points: series.points.map {
          (x: x.fraction($0.x), low: y.fraction($0.low), high: y.fraction($0.high))
        }, style: "s\(series.style)"
      )
    }
    let curves = series.map { series in
      (
        points: series.points.map { (x: x.fraction($0.x), y: y.fraction($0.y)) },
        style: "s\(series.style)", name: series.name
      )
    }
    let single = series.filter { $0.points.count == 1 }.map { dot($0, x, y) }
    return Markup(
      "figure", ["class": "plot"],
      [
        Markup("figcaption", [:], [Markup(title)]),
        Markup(
          "svg", ["class": "chart", "role": "img", "height": "170"],
          [Markup("title", [:], [Markup(description)])]
            + PlotAxes(x: x, y: y, xTitle: xTitle, isPercentage: isPercentage).markup
            + [.stretchedAreas(bands), .stretched(curves)] + single),
      ])
  }

  /// What those hear who can't see the plot.
  private var description: String {
    let ends = series.compactMap { series in
      series.points.last.map { "\(series.name) ends at \(Self.text($0.y))" }
    }
    return "\(title) over \(xTitle): \(ends.joined(separator: ", "))"
  }

  private func dot(_ series: Series, _ x: PlotScale, _ y: PlotScale) -> Markup {
    let point = series.points[0]
    return Markup(
      "circle",
      [
        "class": "dot s\(series.style)", "r": "3.5", "cx": percent(x.fraction(point.x)),
        "cy": percent(1 - y.fraction(point.y)),
      ])
  }

  /// A number with four digits.
  static func text(_ number: Double) -> String {
    String(format: "%.4g", number)
  }
}
