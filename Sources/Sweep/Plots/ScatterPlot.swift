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
  /// Whether factors of x, not differences, look alike: also where x turns out to be spaced by factors.
  let isLogarithmic: Bool

  /// The plot with its title.
  var markup: Markup {
    let x = PlotScale(points.map(\.x), logarithmic: isLogarithmic || isSpacedByFactors)
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

  /// Whether the middle of the values lies where it would if they were spaced by factors, rather than evenly.
  private var isSpacedByFactors: Bool {
    let values = Set(points.map(\.x)).sorted()
    guard let low = values.first, let high = values.last, low > 0, values.count > 1 else {
      return false
    }
    let middle = (values[(values.count - 1) / 2] + values[values.count / 2]) / 2
    return values.count == 2
      ? high >= 20 * low : abs(middle - (low * high).squareRoot()) < abs(middle - (low + high) / 2)
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
