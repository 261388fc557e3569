import Plots

extension ReportPage {
  /// The trials without a value, and why.
  var failures: Markup? {
    let failures = report.failures
    guard !failures.isEmpty else { return nil }
    let rows = failures.map { trial, result -> [Markup] in
      let tail = LogTail.lines(
        of: report.folder.file("log.txt", ofTrial: trial.index), count: 12)
      return [
        Markup(String(trial.index)), Markup(trial.variant.name), Markup(String(trial.seed)),
        Markup([
          Markup(result.reason ?? result.status.rawValue),
          tail.isEmpty
            ? Markup([])
            : Markup(
              "details", [:],
              [
                Markup("summary", [:], ["end of its log"]),
                Markup("pre", [:], [Markup(tail.joined(separator: "\n"))]),
              ]),
        ]),
      ]
    }
    return .section(
      "Failed trials",
      [
        .paragraph(
          [
            "They count nowhere on this page. ", code("losskit sweep run --retry"),
            " runs them again.",
          ], style: "note"),
        .table(
          caption: "Trials without a value", header: ["trial", "variant", "seed", "why"],
          rows: rows),
      ])
  }

  /// All trials, as in `results.csv`.
  var trials: Markup {
    let table = ResultsTable(report, most: 100)
    let left = table.left == 0 ? "" : ", without \(table.left) metrics that results.csv may have"
    return .section(
      "Trials",
      [
        Markup(
          "details", [:],
          [
            Markup("summary", [:], [Markup("All \(report.trials.count) trials\(left)")]),
            .table(
              caption: "Results of all trials", header: table.header,
              rows: table.rows.map { $0.map { Markup($0) } }),
          ])
      ])
  }

  /// How the numbers come about.
  var method: Markup {
    .section(
      "How to read this",
      [
        .paragraph([
          """
          An interval is Student’s, at 95 %: it holds the mean over all seeds there could be in 19 \
          of 20 cases, if values vary as a normal distribution does. With few seeds it is wide, and \
          rightly so.
          """
        ]),
        .paragraph([
          plan.seedRule == nil
            ? """
            Differences are taken seed by seed, over the seeds that both variants have, and tested by \
            Student’s paired test.
            """
            : """
            Differences are taken seed by seed, over the seeds that both variants have, and tested by a \
            sequential test, whose p-value holds however often one looks: seeds were added until the best \
            variant was told from the others.
            """,
          """
           Each verdict follows from the p-value, corrected by Holm’s method \
          for the number of comparisons: for all pairs where a variant is held against the best, \
          since the best of many is partly the luckiest; for all variants where one is held against \
          the base. “Better” and “worse” are said up to 0.05. The interval shown with a difference \
          is not corrected.
          """,
        ]),
      ])
  }
}
