import Plots
import TrainingLogs

/// The report as one HTML file that loads nothing: style and plots are in it, and one script, without which all
/// can be read.
struct ReportPage {
  let report: SweepReport
  /// What made the page.
  let version: String
  /// Whether it loads itself again every few seconds.
  let isLive: Bool
  /// The variants whose curves are drawn, the best first, the base among them.
  let shown: [Int]
  /// These, and those whose curves may be chosen in their place.
  let choosable: [Int]
  /// The curves of the choosable variants, in the same order.
  let curves: [TrainingCurves]
  /// How many points the curves have that aren't drawn at first.
  let otherPoints: Int

  /// How many curves can be told apart in one plot.
  static let mostCurves = 6
  /// What may be chosen, so that a page has 5 MB at most and is made in seconds.
  private static let mostChoosable = (
    variants: 200, curves: 4000, points: 60_000, bytes: 64_000_000
  )

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
    // A page that loads itself again forgets what was chosen.
    let others = isLive ? [] : Self.others(than: shown, in: report)
    choosable = shown + others.map(\.variant)
    curves = drawn.map(\.curves) + others.map(\.curves)
    let count = others.reduce(1) { $0 + $1.curves.count }
    otherPoints = max(2, Self.mostChoosable.points / count)
  }

  /// The variants beside those that are drawn, the best first, that have curves.
  private static func others(
    than shown: [Int], in report: SweepReport
  ) -> [(variant: Int, curves: TrainingCurves)] {
    let ranked = report.comparison.rows.map(\.variant).filter { !shown.contains($0) }
      .prefix(mostChoosable.variants)
    let trials = ranked.reduce(0) { $0 + report.trialCount(variant: $1) }
    var others: [(variant: Int, curves: TrainingCurves)] = []
    var count = 0
    for variant in ranked where count < mostChoosable.curves {
      let curves = TrainingCurves(
        of: variant, in: report, bytes: mostChoosable.bytes / max(trials, 1))
      guard curves.lastStep > 0 else { continue }
      others.append((variant, curves))
      count += curves.count
    }
    return others
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
              + ReportScript.digest + "'",
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
      [
        header, Markup("main", [:], sections.compactMap(\.self)), footer,
        .script(ReportScript.text),
      ])
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

extension TrainingCurves {
  /// The curves of a variant by its position in the plan, from about so many bytes of each log.
  fileprivate init(of variant: Int, in report: SweepReport, bytes: Int = .max) {
    self.init(
      report.trials.filter { $0.variantIndex == variant }.map { trial in
        report.folder.history(trial.index, metric: report.plan.metric.name, bytes: bytes)
      })
  }
}
