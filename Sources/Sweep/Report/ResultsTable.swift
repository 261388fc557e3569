import ResourceLimits
import StrictJSON

/// The results as a table of text, a row a trial.
struct ResultsTable {
  let header: [String]
  let rows: [[String]]
  /// How many metrics have no column.
  let left: Int

  /// The table with the sweep's metric and `most` others.
  init(_ report: SweepReport, most: Int = Limits.logMetrics) {
    let plan = report.plan
    let names = Set(report.states.flatMap { $0.result.map { Array($0.metrics.keys) } ?? [] })
    // The sweep's metric first, the others by name.
    let others = names.filter { $0 != plan.metric.name }.sorted()
    let metrics = [plan.metric.name] + others.prefix(most)
    left = max(0, others.count - most)
    header =
      ["trial", "variant", "seed"] + plan.parameters.map(\.description) + ["status"] + metrics
      + ["seconds", "version", "reason"]
    rows = zip(report.trials, report.states).map { trial, state in
      let values = plan.parameters.map { path in
        trial.variant.value(at: path).map { $0.string ?? $0.compactText } ?? ""
      }
      let numbers = metrics.map { name in
        state.result?.metrics[name].map { "\($0)" } ?? ""
      }
      return [String(trial.index), trial.variant.name, String(trial.seed)] + values
        + [state.word] + numbers
        + [
          state.result.map { "\($0.seconds)" } ?? "", state.result?.version ?? "",
          state.result?.reason ?? "",
        ]
    }
  }

  /// The table as RFC 4180 has it: fields with commas or quotes in quotes, quotes doubled, lines ended
  /// by CR LF. As people print it on terminals, control characters in fields are shown escaped.
  var csv: String {
    ([header] + rows).map { fields in
      fields.map(Self.field).joined(separator: ",") + "\r\n"
    }.joined()
  }

  private static func field(_ text: String) -> String {
    let text = Diagnostic.visible(text)
    let scalars = text.unicodeScalars
    guard scalars.contains(where: { $0 == "," || $0 == "\"" }) else { return text }
    let doubled = scalars.flatMap { $0 == "\"" ? [$0, $0] : [$0] }
    return "\"\(String(String.UnicodeScalarView(doubled)))\""
  }
}
