import Foundation
import Plots

extension ReportPage {
  /// The title, what came out in a sentence, and the figures of the sweep.
  var header: Markup {
    let ended = report.states.compactMap(\.result)
    let facts = [
      ("variants", String(plan.variants.count)),
      (
        "seeds",
        plan.seedRule.map { "\($0.atLeast) to \($0.atMost), until distinguished" }
          ?? plan.seeds.map(String.init).joined(separator: ", ")
      ),
      ("trials", "\(ended.count) of \(report.trials.count) ended"),
      (
        "metric",
        "\(plan.metric.name), \(plan.metric.goal == .maximize ? "more" : "less") is better"
      ),
    ]
    return Markup(
      "header", [:],
      [
        .paragraph(["Sweep report"], style: "kicker"),
        Markup("h1", [:], [Markup(plan.name)]),
        plan.description.map { .paragraph([Markup($0)], style: "lead") } ?? Markup([]),
        .paragraph(verdict, style: "verdict"),
        Markup(
          "dl", [:],
          facts.map { term, value in
            Markup(
              "div", [:], [Markup("dt", [:], [Markup(term)]), Markup("dd", [:], [Markup(value)])])
          }),
      ])
  }

  /// Which variant is best and how sure that is.
  private var verdict: [Markup] {
    guard let best = comparison.rows.first(where: { $0.variant == comparison.best }),
      let estimate = best.estimate
    else { return ["No trial has ended with a value yet."] }
    var pieces: [Markup] = [
      Markup("strong", [:], [Markup(name(best.variant))]),
      Markup(" has the best \(plan.metric.name), \(number(estimate.mean))"),
    ]
    if let interval = estimate.interval {
      pieces.append(
        Markup(
          " (95 % interval \(number(interval.lowerBound)) to "
            + "\(number(interval.upperBound)))"))
    }
    pieces.append(". ")
    let others = comparison.rows.filter { $0.againstBest != nil }
    let worse = others.count { $0.againstBest?.verdict == .worse }
    let count = others.count
    if count > 0 {
      let sentence =
        worse == count
        ? (count == 1 ? "The other is worse" : "The other \(count) are worse")
          + ", beyond what chance explains."
        : worse == 0
          ? (count == 1 ? "The other" : "None of the other \(count)")
            + (count == 1 ? " can't be told from it" : " can be told from it")
            + " with \(seeds(estimate.count))."
          : "Of the other \(count), \(worse) \(worse == 1 ? "is" : "are") worse beyond what chance "
            + "explains; \(count - worse) can't be told from it with \(seeds(estimate.count))."
      pieces.append(Markup(sentence))
    }
    return pieces
  }

  private func seeds(_ count: Int) -> String {
    count == 1 ? "one seed" : "\(count) seeds"
  }

  /// The variants with their intervals, and the table of their differences.
  var ranking: Markup {
    let rows = comparison.rows.map { row in
      IntervalPlot.Row(
        name: name(row.variant), note: note(row.variant), style: style(row.variant),
        values: zip(plan.seeds, row.values).compactMap { seed, value in
          value.map { ("seed \(seed)", $0) }
        }, estimate: row.estimate)
    }
    return .section(
      "Ranking",
      [
        .paragraph(
          [
            "A dot for each seed, a bar at their mean, and the mean’s 95 % interval."
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
        Markup(name(row.variant)), Markup("\(row.values.count { $0 != nil })"),
        Markup(row.estimate.map { number($0.mean) } ?? (row.isStopped ? "stopped" : "no result")),
        Markup(row.estimate?.interval.map { withMinus(report.format.text($0)) } ?? "–"),
      ]
      cells.append(difference(row.againstBest, row.variant == comparison.best ? "best" : "–"))
      if hasBase {
        cells.append(difference(row.againstBase, row.variant == comparison.base ? "base" : "–"))
      }
      cells += report.otherMetrics.map { name in
        Markup(
          report.mean(of: name, variant: row.variant).map { withMinus(LinePlot.text($0)) } ?? "–")
      }
      return cells
    }
    return .table(
      caption: "Means, and differences seed by seed with their 95 % intervals", header: header,
      rows: rows, numbers: Set([1, 2, 3] + header.indices.suffix(report.otherMetrics.count)))
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
  private func small(_ text: String) -> Markup {
    Markup("small", [:], [Markup(text)])
  }

  /// A value of the metric.
  private func number(_ value: Double) -> String {
    withMinus(report.format.text(value))
  }

  /// The sign that belongs to figures, in the place of the hyphen.
  private func withMinus(_ text: String) -> String {
    text.replacingOccurrences(of: "-", with: "−")
  }

  private static func rounded(_ pValue: Double) -> String {
    String(format: "%.2g", pValue)
  }
}
