import Plots

extension ReportPage {
  /// The trials without a value, and why: those of a variant that failed for the same reason together.
  var failures: Markup? {
    let failures = report.failures
    guard !failures.isEmpty else { return nil }
    var groups: [(trials: [SweepTrial], reason: String)] = []
    var positions: [String: Int] = [:]
    for (trial, result) in failures {
      let reason = result.reason ?? result.status.rawValue
      let key = "\(trial.variantIndex) \(reason)"
      if let position = positions[key] {
        groups[position].trials.append(trial)
      } else {
        positions[key] = groups.count
        groups.append(([trial], reason))
      }
    }
    let most = 30
    let left = groups.dropFirst(most).reduce(0) { $0 + $1.trials.count }
    return .section(
      "Failed trials",
      [
        .paragraph(
          [
            "They count nowhere on this page. ", code("losskit sweep run --retry"),
            " runs them again.", Markup(left == 0 ? "" : " \(left) more are in results.csv."),
          ], style: "note"),
        .table(
          caption: "Trials without a value",
          header: ["variant", "failed", "seeds", "trials", "why"],
          rows: groups.prefix(most).map(failure)),
      ])
  }

  private func failure(_ trials: [SweepTrial], _ reason: String) -> [Markup] {
    let variant = trials[0].variantIndex
    let tail = LogTail.lines(
      of: report.folder.file("log.txt", ofTrial: trials[0].index), count: 12)
    let log = Markup(
      "details", [:],
      [
        Markup(
          "summary", [:],
          [Markup(trials.count == 1 ? "end of its log" : "end of the log of \(trials[0].index)")]),
        Markup("pre", [:], [Markup(tail.joined(separator: "\n"))]),
      ])
    return [
      Markup(name(variant)), Markup("\(trials.count) of \(report.trialCount(variant: variant))"),
      Markup(trials.map { "\($0.seed)" }.joined(separator: ", ")),
      Markup(trials.map { "\($0.index)" }.joined(separator: ", ")),
      Markup([Markup(reason), tail.isEmpty ? Markup([]) : log]),
    ]
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

  /// How the numbers come about, and what isn't there.
  func method(hasErrors: Bool, hasDetections: Bool) -> Markup {
    let left = [
      (hasErrors, "evaluation.json: there are no errors by kind and no curves of precision"),
      (hasDetections, "detections.json: there are no pictures"),
    ].filter { !$0.0 }.map { "The trainer left no \($0.1). " }
    return .section(
      "How to read this",
      [
        .paragraph([
          """
          An interval is Student’s, at 95 %: it holds the mean over all seeds there could be in 19 \
          of 20 cases, if values vary as a normal distribution does. With few seeds it is wide, and \
          rightly so; of fewer than three seeds none is shown.
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
        left.isEmpty ? Markup([]) : .paragraph([Markup(left.joined())]),
      ])
  }
}
