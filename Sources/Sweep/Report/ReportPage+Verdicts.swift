import Plots

extension ReportPage {
  /// How many variants the matrix holds at most.
  private static let mostVerdicts = 24

  /// Each variant held against each other one, in the order of the ranking; `nil` for two, whose difference
  /// the ranking has.
  var verdicts: Markup? {
    let variants = comparison.ranked(most: Self.mostVerdicts)
    guard variants.count > 2 else { return nil }
    let rows = variants.enumerated().map { number, variant in
      [Markup("\(number + 1). \(name(variant))")] + variants.map { verdict(variant, $0) }
    }
    let count = comparison.rows.count { $0.estimate != nil }
    return .section(
      "Who beats whom",
      [
        .paragraph(
          [
            """
            The variant of a row against that of a column: + better, − worse, ○ not distinguishable, = the \
            same. One family of tests, corrected by Holm’s method for all pairs.
            """,
            Markup(
              variants.count == count
                ? "" : " Of \(count) variants those that rank first, and the base."),
          ], style: "note"),
        .table(
          caption: "Verdicts on all pairs", header: ["variant"] + rows.indices.map { "\($0 + 1)" },
          rows: rows, style: "matrix"),
      ])
  }

  private func verdict(_ variant: Int, _ other: Int) -> Markup {
    guard let paired = comparison.difference(of: variant, to: other) else {
      return variant == other ? "" : "–"
    }
    let (mark, style) =
      switch paired.verdict {
      case .better: ("+", "better")
      case .worse: ("−", "worse")
      case .same: ("=", "unsure")
      case .notDistinguishable: ("○", "unsure")
      }
    let difference = withMinus(report.format.difference(paired.difference.mean))
    let pValue = paired.pValue.map { ", p = \(Self.rounded($0))" } ?? ""
    return Markup(
      "span",
      [
        "class": style,
        "title": "\(name(variant)) against \(name(other)): \(difference)\(pValue), \(paired.words)",
      ], [Markup(mark)])
  }
}
