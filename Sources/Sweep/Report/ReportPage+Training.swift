import Plots
import ResourceLimits
import StrictJSON
import TrainingLogs

extension ReportPage {
  /// Names, each behind its mark of `width` by `height` pixels.
  func legend(_ entries: [(mark: Markup, name: String)], width: Int, height: Int) -> Markup {
    let size: KeyValuePairs = ["width": "\(width)", "height": "\(height)", "aria-hidden": "true"]
    return Markup(
      "ul", ["class": "legend"],
      entries.map { entry in
        Markup("li", [:], [Markup("svg", size, [entry.mark]), Markup(entry.name)])
      })
  }

  /// The names and marks of the variants whose curves are drawn, and of those that may be chosen.
  var legend: Markup {
    Markup(
      "ul", ["class": "legend"],
      choosable.map { variant in
        let style = style(variant).map { "s\($0)" } ?? "neutral"
        let line = Markup(
          "line",
          [
            "class": "curve \(style)", "data-v": "\(variant)", "x1": "0", "x2": "28", "y1": "5",
            "y2": "5",
          ])
        return Markup(
          "li", ["class": style, "data-v": "\(variant)"],
          [
            Markup("svg", ["width": "28", "height": "10", "aria-hidden": "true"], [line]),
            Markup(name(variant)),
          ])
      })
  }

  private var selection: Markup {
    let all = plan.variants.count
    return shown.count == all
      ? Markup([])
      : Markup(
        " \(shown.count) of \(all) variants are drawn\(isLive ? "" : " at first"): the best, and the base."
      )
  }

  /// What chooses the variants whose curves are drawn, on the whole page; it is there where scripts run.
  private var choice: Markup {
    guard choosable.count > 1, !isLive else { return Markup([]) }
    let boxes = comparison.rows.map(\.variant).enumerated().compactMap { rank, variant in
      choosable.contains(variant) ? box(variant, rank: rank) : nil
    }
    return Markup(
      "details", ["id": "choice", "class": "choice", "hidden": ""],
      [
        Markup(
          "summary", [:], ["Choose up to \(Self.mostCurves) variants to draw, on the whole page"]),
        Markup("fieldset", [:], boxes),
      ])
  }

  private func box(_ variant: Int, rank: Int) -> Markup {
    let state = shown.contains(variant) ? [("checked", "")] : []
    let attributes = [("type", "checkbox"), ("autocomplete", "off"), ("value", "\(variant)")]
    return Markup(
      "label", [:],
      [Markup("input", attributes + state, []), Markup("\(rank + 1). \(name(variant))")])
  }

  /// What of the logs isn't drawn.
  private var limits: Markup {
    let interval = curves.prefix(shown.count).map(\.interval).max() ?? 1
    let others = curves.dropFirst(shown.count).map(\.interval).max() ?? 1
    let crowded = TrainingHistory.groups.filter { group in
      curves.contains { $0.crowded.contains(group) }
    }
    let sampled = interval > 1 ? " Of the longest log one line of \(interval) is drawn." : ""
    let left = crowded.map {
      " Of \($0) no more than \(Limits.logNames) names are drawn, and no line that has more."
    }
    let sparse =
      others > interval ? " Curves of other variants are drawn from one line of \(others)." : ""
    return Markup(sampled + sparse + left.joined())
  }

  /// Learning curves: the metric, the loss, and each term.
  var learning: Markup? {
    var plots = [plot(plan.metric.name) { $0.metric }, plot("total loss") { $0.loss }]
    for name in names(\.groups, "terms") {
      plots.append(plot("\(name), weighted") { curves in curves.curve("terms", name) })
    }
    for name in names(\.groups, "positives") {
      plots.append(plot("positives of \(name)") { curves in curves.curve("positives", name) })
    }
    let drawn = plots.compactMap(\.self)
    guard !drawn.isEmpty else { return nil }
    return .section(
      "Learning curves",
      [
        .paragraph(
          ["Means over the seeds, with bands from the lowest to the highest.", selection, limits],
          style: "note"), choice, legend,
        Markup("div", ["class": "plots"], drawn),
      ])
  }

  /// Each term's part of the gradient.
  var gradients: Markup? {
    var terms: [String] = []
    for name in curves.flatMap({ $0.shares.map(\.name) }) where !terms.contains(name) {
      terms.append(name)
    }
    guard !terms.isEmpty else { return nil }
    let rows = zip(shown, curves).map { variant, curves in
      [Markup(name(variant))]
        + terms.map { term in bar(curves.shares.first { $0.name == term }?.mean) }
    }
    let plots = terms.compactMap { term in
      plot(term, isPercentage: true) { curves in
        curves.shares.first { $0.name == term }?.curve ?? []
      }
    }
    return .section(
      "Shares of the gradient",
      [
        .paragraph(
          [
            """
            The norm of each term’s gradient over the sum of these norms: over the whole training \
            in the table, step by step in the plots.
            """
          ], style: "note"),
        .table(caption: "Mean share of each term", header: ["variant"] + terms, rows: rows),
        positives ?? Markup([]), legend, Markup("div", ["class": "plots"], plots),
      ])
  }

  /// The positives' part of the gradient against that of the negatives.
  private var positives: Markup? {
    var terms: [String] = []
    for name in curves.flatMap({ $0.positiveShares.map(\.name) }) where !terms.contains(name) {
      terms.append(name)
    }
    guard !terms.isEmpty else { return nil }
    let rows = zip(shown, curves).map { variant, curves in
      [Markup(name(variant))]
        + terms.map { term in bar(curves.positiveShares.first { $0.name == term }?.mean) }
    }
    return .table(
      caption: "Share of the positives against the negatives, by the norms of their gradients",
      header: ["variant"] + terms, rows: rows)
  }

  /// A part of a whole as a bar with its number.
  private func bar(_ part: Double?) -> Markup {
    guard let part, part.isFinite else { return "–" }
    return bar(part, text: percentage(part))
  }

  /// A part of a whole as a bar with a text.
  func bar(_ part: Double, text: String) -> Markup {
    Markup(
      "span", ["class": "bar"],
      [
        Markup(
          "svg", ["width": "100%", "height": "8", "aria-hidden": "true"],
          [
            Markup("rect", ["class": "whole", "width": "100%", "height": "8", "rx": "2"]),
            Markup(
              "rect",
              ["class": "part", "width": percent(max(0, min(part, 1))), "height": "8", "rx": "2"]),
          ]),
        Markup(text),
      ])
  }

  private func plot(
    _ title: String, isPercentage: Bool = false, _ curve: (TrainingCurves) -> TrainingCurves.Curve
  ) -> Markup? {
    let series = zip(choosable, curves).compactMap { variant, curves in
      let points = curve(curves)
      return points.isEmpty ? nil : self.series(of: variant, points)
    }
    guard !series.isEmpty else { return nil }
    return LinePlot(title: title, xTitle: "step", series: series, isPercentage: isPercentage).markup
  }

  /// A variant's curve in one of the plots.
  func series(of variant: Int, _ points: TrainingCurves.Curve) -> LinePlot.Series {
    let style = style(variant)
    return LinePlot.Series(
      name: name(variant), variant: variant, style: style,
      points: style == nil ? TrainingCurves.thinned(points, to: otherPoints) : points)
  }

  private func names(
    _ groups: (TrainingCurves) -> [String: [(name: String, curve: TrainingCurves.Curve)]],
    _ group: String
  ) -> [String] {
    var names: [String] = []
    for curves in curves {
      for (name, _) in groups(curves)[group] ?? [] where !names.contains(name) {
        names.append(name)
      }
    }
    return names
  }
}

extension TrainingCurves {
  /// The curve of a name in a group; empty where there is none.
  func curve(_ group: String, _ name: String) -> Curve {
    groups[group]?.first { $0.name == name }?.curve ?? []
  }
}
