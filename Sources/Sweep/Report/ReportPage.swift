import Plots

/// The report as one HTML file that loads nothing: style and plots are in it, and the one script that runs
/// moves the threshold of detections.
struct ReportPage {
  let report: SweepReport
  /// What made the page.
  let version: String
  /// Whether it loads itself again every few seconds.
  let isLive: Bool
  /// The variants whose curves are drawn, the best first, the base among them.
  let shown: [Int]
  /// The curves of the variants shown, in the same order.
  let curves: [TrainingCurves]

  /// How many curves can be told apart in one plot.
  private static let mostCurves = 6

  init(_ report: SweepReport, version: String, isLive: Bool = false) {
    self.report = report
    self.version = version
    self.isLive = isLive
    let ranked = report.comparison.rows.map(\.variant)
    var drawn: [(variant: Int, curves: TrainingCurves)] = []
    func add(_ variant: Int) {
      guard !drawn.contains(where: { $0.variant == variant }) else { return }
      let curves = TrainingCurves(of: variant, in: report)
      if curves.lastStep > 0 || report.comparison.best == variant {
        drawn.append((variant, curves))
      }
    }
    for variant in ranked where drawn.count < Self.mostCurves { add(variant) }
    if let base = report.comparison.base { add(base) }
    if drawn.count > Self.mostCurves { drawn.remove(at: Self.mostCurves - 1) }
    shown = drawn.map(\.variant)
    curves = drawn.map(\.curves)
  }

  var plan: SweepPlan { report.plan }
  var comparison: SweepComparison { report.comparison }

  /// The page.
  var html: String {
    let head = Markup(
      "head", [:],
      [
        Markup("meta", ["charset": "utf-8"]),
        isLive ? Markup("meta", ["http-equiv": "refresh", "content": "10"]) : Markup([]),
        Markup(
          "meta",
          [
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '"
              + ThresholdScript.digest + "'",
          ]),
        Markup("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
        Markup("meta", ["name": "color-scheme", "content": "light dark"]),
        Markup("title", [:], [Markup("\(plan.name): sweep report")]),
        .style(PlotStyle.sheet), .style(ReportStyle.sheet),
      ])
    let (errors, detections) = (errors, detections)
    let sections = [
      ranking, verdicts, failures, tradeOffs, parameters, errors, learning, gradients, detections,
      differences, trials, method(hasErrors: errors != nil, hasDetections: detections != nil),
    ]
    let body = Markup(
      "body", [:],
      [header, Markup("main", [:], sections.compactMap(\.self)), footer])
    return "<!DOCTYPE html>\n" + Markup("html", ["lang": "en"], [head, body]).html + "\n"
  }

  private var footer: Markup {
    Markup(
      "footer", [:],
      [.paragraph(["The numbers are in results.csv, beside this page."])])
  }

  func code(_ text: String) -> Markup {
    Markup("code", [:], [Markup(text)])
  }

  func name(_ variant: Int) -> String {
    plan.variants.indices.contains(variant) ? plan.variants[variant].name : ""
  }

  /// The colour of a variant's marks, or `nil` if it has none of its own.
  func style(_ variant: Int) -> Int? {
    shown.firstIndex(of: variant)
  }
}
