import Foundation
import Plots
import TrainingLogs

/// Curves over a common axis, as SVG that keeps its text readable at any width.
///
/// Positions are parts of the width; only the curves are stretched, and not their strokes. Curves without a style
/// are there to be chosen: the script of the page shows them, and fits the vertical axis to what is shown.
struct LinePlot {
  /// A curve.
  struct Series {
    /// What it shows.
    let name: String
    /// The position in the plan of its variant, by which it is chosen.
    let variant: Int
    /// Its colour and dashes, from 0; `nil` where it isn't shown at first.
    let style: Int?
    let points: [TrainingCurves.Point]
  }

  let title: String
  let xTitle: String
  let series: [Series]
  var isPercentage = false

  /// The plot with its title.
  var markup: Markup {
    let shown = series.filter { $0.style != nil }
    let x = PlotScale(series.flatMap { $0.points.map(\.x) }, room: 0)
    let scaled = (shown.isEmpty ? series : shown).flatMap(\.points)
    let y =
      isPercentage
      ? PlotScale([0, 1], room: 0)
      : PlotScale(scaled.flatMap { [$0.low, $0.high] }, fromZero: true)
    let axes = PlotAxes(x: x, y: y, xTitle: xTitle, isPercentage: isPercentage)
    let bounds = isPercentage ? [] : [("data-low", "\(y.lower)"), ("data-high", "\(y.upper)")]
    return Markup(
      "figure", ["class": shown.isEmpty ? "plot lines neutral" : "plot lines"],
      [
        Markup("figcaption", [:], [Markup(title)]),
        Markup(
          "svg", [("class", "chart"), ("role", "img"), ("height", "170")] + bounds,
          [
            Markup("title", [:], [Markup(description(of: shown))]),
            Markup("g", ["class": "levels"], axes.horizontalLines),
          ]
            + axes.xLabels
            + [
              .stretched(
                shapes: series.compactMap { band($0, x, y) } + series.map { curve($0, x, y) })
            ]),
      ])
  }

  /// What those hear who can't see the plot.
  private func description(of shown: [Series]) -> String {
    let ends = shown.compactMap { series in
      series.points.last.map { "\(series.name) ends at \(Self.text($0.y))" }
    }
    return "\(title) over \(xTitle): \(ends.joined(separator: ", "))"
  }

  /// A curve; one of a single point is a dot.
  private func curve(_ series: Series, _ x: PlotScale, _ y: PlotScale) -> Markup {
    let points = series.points.map { (x: x.fraction($0.x), y: y.place($0.y)) }
    let isDot = points.count == 1
    return shape(
      "polyline", isDot ? "curve dot" : "curve", series, isDot ? points + points : points,
      series.style == nil ? [] : [Markup("title", [:], [Markup(series.name)])])
  }

  /// From the lowest to the highest of the seeds; `nil` if they are the same everywhere.
  private func band(_ series: Series, _ x: PlotScale, _ y: PlotScale) -> Markup? {
    guard series.points.contains(where: { $0.low < $0.high }) else { return nil }
    let high = series.points.map { (x: x.fraction($0.x), y: y.place($0.high)) }
    let low = series.points.reversed().map { (x: x.fraction($0.x), y: y.place($0.low)) }
    return shape("polygon", "area", series, high + low)
  }

  private func shape(
    _ element: String, _ kind: String, _ series: Series, _ points: [(x: Double, y: Double)],
    _ children: [Markup] = []
  ) -> Markup {
    let style = series.style.map { "s\($0)" } ?? "neutral"
    return Markup(
      element,
      [
        "class": "\(kind) \(style)", "data-v": "\(series.variant)",
        "points": Markup.coordinates(points),
      ], children)
  }

  /// A number with four digits.
  static func text(_ number: Double) -> String {
    String(format: "%.4g", number)
  }
}
