import Foundation
import Plots

extension ReportPage {
  /// The variants with their intervals, and the table of their differences.
  var ranking: Markup {
    let rows = comparison.rows.map { row in
      IntervalPlot.Row(
        name: name(row.variant), note: note(row.variant), variant: row.variant,
        style: style(row.variant),
        values: zip(plan.seeds, row.values).compactMap { seed, value in
          value.map { ("seed \(seed)", $0) }
        }, estimate: row.estimate, missing: report.shortfall(variant: row.variant) ?? "")
    }
    return .section(
      "Ranking",
      [
        .paragraph(
          [
            """
            A dot for each seed, a bar at their mean, and the mean’s 95 % interval, which takes three seeds.
            """,
            report.hasSeveralVersions
              ? " Results of several versions are compared: which ran what is said above." : "",
          ], style: "note"),
        IntervalPlot(axisTitle: plan.metric.name, rows: rows, format: report.format).markup,
        differenceTable,
      ])
  }

  private func note(_ variant: Int) -> String {
    let isBest = variant == comparison.best
    let isBase = variant == comparison.base
    return isBest && isBase ? "best, base" : isBest ? "best" : isBase ? "base" : ""
  }

  private var differenceTable: Markup {
    let hasBase = comparison.base != nil
    var header = ["variant", "seeds", plan.metric.name, "95 % interval", "against the best"]
    if hasBase { header.append("against the base") }
    header += report.otherMetrics
    let rows = comparison.rows.map { row -> [Markup] in
      var cells: [Markup] = [
        Markup(name(row.variant)), seeds(row),
        Markup(row.estimate.map { number($0.mean) } ?? "–"), interval(row.estimate),
      ]
      cells.append(difference(row.againstBest, row.variant == comparison.best ? "best" : "–"))
      if hasBase {
        cells.append(difference(row.againstBase, row.variant == comparison.base ? "base" : "–"))
      }
      cells += report.otherMetrics.map { name in
        Markup(
          report.estimate(of: name, variant: row.variant).map { withMinus(LinePlot.text($0.mean)) }
            ?? "–")
      }
      return cells
    }
    return .table(
      caption: "Means, and differences seed by seed with their 95 % intervals", header: header,
      rows: rows, numbers: Set([1, 2, 3] + header.indices.suffix(report.otherMetrics.count)))
  }

  /// With how many seeds there is a value, and what became of the others.
  private func seeds(_ row: SweepComparison.Row) -> Markup {
    let count = Markup("\(row.estimate?.count ?? 0)")
    return report.shortfall(variant: row.variant).map { Markup([count, small($0)]) } ?? count
  }

  private func interval(_ estimate: Estimate?) -> Markup {
    guard let estimate else { return "–" }
    return Markup(estimate.interval.map { withMinus(report.format.text($0)) } ?? "too few seeds")
  }

  /// The difference with its interval, and below it what that says.
  private func difference(_ paired: PairedDifference?, _ missing: String) -> Markup {
    guard let paired else { return Markup(missing) }
    let interval = paired.difference.interval.map { " (\(report.format.text($0)))" } ?? ""
    let difference = withMinus(report.format.difference(paired.difference.mean) + interval)
    let pValue = paired.pValue.map {
      $0 < 0.001 ? ", p\u{A0}<\u{A0}0.001" : ", p\u{A0}=\u{A0}\(Self.rounded($0))"
    }
    let isSure = paired.verdict == .better || paired.verdict == .worse
    return Markup([
      isSure ? Markup("strong", [:], [Markup(difference)]) : Markup(difference),
      small(paired.words + (pValue ?? "")),
    ])
  }

  /// A text on a line of its own below the main one.
  func small(_ text: String) -> Markup {
    Markup("small", [:], [Markup(text)])
  }

  /// A value of the metric.
  func number(_ value: Double) -> String {
    withMinus(report.format.text(value))
  }

  /// The sign that belongs to figures, in the place of the hyphen.
  func withMinus(_ text: String) -> String {
    text.replacingOccurrences(of: "-", with: "−")
  }

  static func rounded(_ pValue: Double) -> String {
    String(format: "%.2g", pValue)
  }
}
