import Foundation
import Plots

/// Means with their intervals and the single values, a row a name, over a common axis.
struct IntervalPlot {
  /// A row.
  struct Row {
    let name: String
    /// What stands behind the name, such as `best`.
    let note: String
    /// The position in the plan of the variant that it is of, if it is of one.
    var variant: Int? = nil
    /// Its colour, from 0; `nil` for the neutral one.
    let style: Int?
    let values: [(label: String, value: Double)]
    let estimate: Estimate?
    /// What stands in the place of the values where there are none: `3 of 3 failed`.
    let missing: String
  }

  let axisTitle: String
  let rows: [Row]
  /// How values are written.
  let format: MetricFormat

  /// The plot.
  var markup: Markup {
    let scale = scale
    return Markup(
      "div", ["class": "intervals", "tabindex": "0", "role": "region", "aria-label": axisTitle],
      rows.map { row($0, scale) } + (rows.contains { $0.estimate != nil } ? [axis(scale)] : []))
  }

  /// All single values are on the axis, and intervals as far as they don't squeeze those together:
  /// that of two seeds is a dozen times as wide as the seeds lie apart.
  private var scale: PlotScale {
    let values = rows.flatMap { $0.values.map(\.value) }
    guard let low = values.min(), let high = values.max() else { return PlotScale([]) }
    let room = max(high - low, 1e-9)
    let bounds = rows.compactMap(\.estimate?.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    return PlotScale(values + bounds.map { min(max($0, low - room), high + room) })
  }

  private func row(_ row: Row, _ scale: PlotScale) -> Markup {
    let name = Markup(
      "span", ["class": "name"],
      [Markup(row.name)]
        + (row.note.isEmpty ? [] : [" ", Markup("em", [:], [Markup(row.note)])]))
    guard let estimate = row.estimate else {
      return Markup(
        "div", ["class": "interval"],
        [name, Markup("span", ["class": "missing"], [Markup(row.missing)])])
    }
    let mean = format.text(estimate.mean)
    let bounds = estimate.interval.map {
      ", 95 % interval \(format.text($0.lowerBound)) to \(format.text($0.upperBound))"
    }
    let style = row.style.map { "s\($0)" } ?? "neutral"
    return Markup(
      "div", ["class": "interval"],
      [
        name,
        Markup(
          "svg",
          [("class", "strip \(style)"), ("role", "img"), ("height", "30")]
            + (row.variant.map { [("data-v", "\($0)")] } ?? []),
          [Markup("title", [:], [Markup("\(row.name): \(axisTitle) \(mean)\(bounds ?? "")")])]
            + grid(scale) + (estimate.interval.map { whiskers($0, scale) } ?? [])
            + row.values.map { dot($0, scale) } + [self.mean(estimate.mean, scale)]),
        Markup("span", ["class": "value"], [Markup(mean)]),
      ])
  }

  private func grid(_ scale: PlotScale) -> [Markup] {
    scale.ticks().map { tick in
      let place = percent(scale.fraction(tick))
      return Markup("line", ["class": "grid", "x1": place, "x2": place, "y1": "0", "y2": "100%"])
    }
  }

  /// The interval as a bar; an end that goes on beyond the plot is an arrow.
  private func whiskers(_ interval: ClosedRange<Double>, _ scale: PlotScale) -> [Markup] {
    let (low, high) = (interval.lowerBound, interval.upperBound)
    let line = Markup(
      "line",
      [
        "class": "interval-line", "x1": percent(scale.fraction(low)),
        "x2": percent(scale.fraction(high)), "y1": "15", "y2": "15",
      ])
    let ends = [(low, "←"), (high, "→")].map { end, arrow in
      let place = percent(scale.fraction(end))
      return scale.contains(end)
        ? Markup(
          "line", ["class": "interval-end", "x1": place, "x2": place, "y1": "10", "y2": "20"])
        : Markup(
          "text",
          [
            "class": "tick", "x": place, "y": "19", "text-anchor": arrow == "←" ? "start" : "end",
            "dy": "-8",
          ], [Markup(arrow)])
    }
    return [line] + ends
  }

  private func dot(_ value: (label: String, value: Double), _ scale: PlotScale) -> Markup {
    Markup(
      "circle",
      ["class": "seed", "cx": percent(scale.fraction(value.value)), "cy": "15", "r": "4"],
      [Markup("title", [:], [Markup("\(value.label): \(format.text(value.value))")])])
  }

  private func mean(_ mean: Double, _ scale: PlotScale) -> Markup {
    let place = percent(scale.fraction(mean))
    return Markup("line", ["class": "mean", "x1": place, "x2": place, "y1": "5", "y2": "25"])
  }

  private func axis(_ scale: PlotScale) -> Markup {
    let ticks = scale.ticks()
    let labels = ticks.map { tick in
      Markup(
        "text",
        [
          "class": "tick", "x": percent(scale.fraction(tick)), "y": "14", "text-anchor": "middle",
        ], [Markup(scale.label(tick, among: ticks))])
    }
    return Markup(
      "div", ["class": "interval axis", "aria-hidden": "true"],
      [
        Markup("span", ["class": "name"], []),
        Markup("svg", ["class": "strip", "height": "20"], labels),
        Markup("span", ["class": "value"], [Markup(axisTitle)]),
      ])
  }
}
