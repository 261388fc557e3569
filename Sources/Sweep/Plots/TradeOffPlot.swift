import Plots

/// Two metrics of variants against each other: their means, with both 95 % intervals as bars; among many
/// variants, those of the ones with a colour.
struct TradeOffPlot {
  /// A variant.
  struct Point {
    let name: String
    /// Its position in the plan.
    let variant: Int
    /// Its colour, from 0; `nil` for the neutral one.
    let style: Int?
    let x: Estimate
    let y: Estimate
  }

  let title: String
  let xTitle: String
  let points: [Point]

  /// How many variants have bars that can be told apart.
  private static let mostBars = 24

  /// The plot with its title.
  var markup: Markup {
    let (x, y) = (scale(points.map(\.x)), scale(points.map(\.y)))
    return Markup(
      "figure", ["class": "plot"],
      [
        Markup("figcaption", [:], [Markup(title)]),
        Markup(
          "svg", ["class": "chart", "role": "img", "height": "260"],
          [Markup("title", [:], [Markup("\(title): a point for each of \(points.count) variants")])]
            + PlotAxes(x: x, y: y, xTitle: xTitle).markup
            // Those with a colour of their own on top.
            + (points.filter { $0.style == nil } + points.filter { $0.style != nil })
            .map { point($0, x, y) }),
      ])
  }

  /// Holds all means, and intervals as far as they don't squeeze those together.
  private func scale(_ estimates: [Estimate]) -> PlotScale {
    let means = estimates.map(\.mean)
    let (low, high) = (means.min() ?? 0, means.max() ?? 0)
    let room = max(high - low, 1e-9)
    let bounds = estimates.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    return PlotScale(means + bounds.map { min(max($0, low - room), high + room) })
  }

  private func point(_ point: Point, _ x: PlotScale, _ y: PlotScale) -> Markup {
    let (left, top) = (percent(x.fraction(point.x.mean)), percent(1 - y.fraction(point.y.mean)))
    let bars = [
      point.x.interval.map {
        Markup(
          "line",
          [
            "x1": percent(x.fraction($0.lowerBound)), "x2": percent(x.fraction($0.upperBound)),
            "y1": top, "y2": top,
          ])
      },
      point.y.interval.map {
        Markup(
          "line",
          [
            "x1": left, "x2": left, "y1": percent(1 - y.fraction($0.lowerBound)),
            "y2": percent(1 - y.fraction($0.upperBound)),
          ])
      },
    ]
    let hasBars = point.style != nil || points.count <= Self.mostBars
    let text = "\(point.name): \(LinePlot.text(point.x.mean)), \(LinePlot.text(point.y.mean))"
    return Markup(
      "g",
      [
        "class": "variant \(point.style.map { "s\($0)" } ?? "neutral")",
        "data-v": "\(point.variant)",
      ],
      [Markup("title", [:], [Markup(text)])] + (hasBars ? bars.compactMap(\.self) : [])
        + [Markup("circle", ["cx": left, "cy": top, "r": "5"])])
  }
}
