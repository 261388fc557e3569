import Plots

extension ReportPage {
  /// The metric against each other one that the report was asked for, or else against the time of training.
  var tradeOffs: Markup? {
    let names = report.otherMetrics.isEmpty ? [nil] : report.otherMetrics.map(Optional.init)
    let plots = names.compactMap(tradeOff)
    guard !plots.isEmpty else { return nil }
    return .section(
      "Trade-offs",
      [
        .paragraph(
          [
            "A point for each variant at its means, with their 95 % intervals.",
            report.otherMetrics.isEmpty
              ? Markup([
                " ", code("losskit sweep report --metric"),
                " draws other metrics in the place of the time.",
              ]) : Markup([]),
            Markup(shown.count < plan.variants.count ? " The others are grey." : ""),
          ], style: "note"), legend, Markup("div", ["class": "plots wide"], plots),
      ])
  }

  /// The plot against another metric, or the time where it is `nil`; `nil` for fewer than two variants.
  private func tradeOff(_ metric: String?) -> Markup? {
    let points = comparison.rows.compactMap { row in
      let other =
        metric.map { report.estimate(of: $0, variant: row.variant) }
        ?? report.seconds(variant: row.variant)
      return other.flatMap { x in
        row.estimate.map { y in
          TradeOffPlot.Point(
            name: name(row.variant), variant: row.variant, style: style(row.variant), x: x, y: y)
        }
      }
    }
    guard points.count > 1 else { return nil }
    let title = metric ?? "seconds of training"
    return TradeOffPlot(
      title: "\(plan.metric.name) against \(title)", xTitle: title, points: points
    ).markup
  }
}
