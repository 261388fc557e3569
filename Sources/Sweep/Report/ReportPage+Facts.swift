import Foundation
import Plots

extension ReportPage {
  /// The title, what came out in a sentence, and what was compared.
  var header: Markup {
    Markup(
      "header", [:],
      [
        .paragraph(["Sweep report"], style: "kicker"),
        Markup("h1", [:], [Markup(plan.name)]),
        plan.description.map { .paragraph([Markup($0)], style: "lead") } ?? Markup([]),
        isLive
          ? .paragraph(["Still running. This page loads itself again."], style: "live")
          : Markup([]),
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
    else {
      let isOver = report.states.allSatisfy { $0.result != nil } && !report.states.isEmpty
      return [
        isOver ? "No trial has a value: all have failed." : "No trial has ended with a value yet."
      ]
    }
    var pieces: [Markup] = [
      Markup("strong", [:], [Markup(name(best.variant))]),
      Markup(" has the best \(plan.metric.name), \(number(estimate.mean))"),
    ]
    if let interval = estimate.interval {
      pieces.append(
        Markup(
          " (95 % interval \(number(interval.lowerBound)) to "
            + "\(number(interval.upperBound)))"))
    } else {
      pieces.append(Markup(" (\(self.seeds(estimate.count)): too few for an interval)"))
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

  /// What was compared, and where the numbers come from.
  private var facts: [(String, String)] {
    let seeds =
      plan.seedRule.map { "\($0.atLeast) to \($0.atMost), until distinguished" }
      ?? plan.seeds.map(String.init).joined(separator: ", ")
    let facts: [(String, String?)] = [
      ("variants", "\(plan.variants.count)"),
      ("seeds", seeds),
      ("trials", "\(report.trials.count): \(report.summary)"),
      (
        "metric",
        "\(plan.metric.name), \(plan.metric.goal == .maximize ? "more" : "less") is better"
      ),
      ("base recipe", plan.text(at: ["recipe"])),
      ("settings", plan.text(at: ["model"])),
      ("trained with", plan.data),
      ("measured on", plan.validation),
      ("part to train with", plan.split.map { percentage($0) }),
      ("steps", steps),
      ("trainer", plan.command.words.joined(separator: " ")),
      ("sweep file", plan.fileName),
      ("run", times),
      ("run by", report.versions),
      ("report by", version),
    ]
    return facts.compactMap { term, value in value.map { (term, $0) } }
  }

  /// The last steps in the logs that are drawn.
  private var steps: String? {
    let last = curves.map(\.lastStep).filter { $0 > 0 }
    guard let fewest = last.min(), let most = last.max() else { return nil }
    return fewest == most
      ? Self.whole(most) : "\(Self.whole(fewest)) to \(Self.whole(most))"
  }

  private static func whole(_ number: Double) -> String { String(format: "%.0f", number) }

  /// From when to when trials ran, in UTC.
  private var times: String? {
    let ends = zip(report.trials, report.states).compactMap { trial, state in
      state.result.flatMap { result in
        FoundFile(report.folder.file("result.json", ofTrial: trial.index)).map {
          (begin: $0.modified.addingTimeInterval(-result.seconds), end: $0.modified)
        }
      }
    }
    guard let first = ends.map(\.begin).min(), let last = ends.map(\.end).max() else { return nil }
    return "\(Self.text(first)) to \(Self.text(last)) UTC"
  }

  private static func text(_ date: Date) -> String {
    let style = Date.ISO8601FormatStyle(dateTimeSeparator: .space).year().month().day()
      .time(includingFractionalSeconds: false)
    // To the minute.
    return String(date.formatted(style).prefix(16))
  }
}
