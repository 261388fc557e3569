import Plots
import StrictJSON

extension ReportPage {
  /// Each varying parameter against the metric; what has a single value is left out.
  var parameters: Markup? {
    guard comparison.best != nil else { return nil }
    let labels = VariantNames.labels(of: plan.parameters)
    let plots = plan.parameters.compactMap { path -> Markup? in
      let label = labels[path] ?? path.description
      let settings = plan.variants.compactMap { $0.value(at: path) }
      let numbers = settings.compactMap(\.double)
      if numbers.count == settings.count, Set(numbers).count > 1 { return scatter(path, label) }
      // Where it is the only parameter, the ranking shows the same.
      return plan.parameters.count > 1 && !settings.isEmpty ? strips(path, label) : nil
    }
    guard !plots.isEmpty else { return nil }
    return .section(
      "Parameters",
      [
        .paragraph(
          ["A dot for each trial; the line goes through the means."], style: "note"),
        Markup("div", ["class": "plots wide"], plots),
      ])
  }

  private func scatter(_ path: JSONPath, _ label: String) -> Markup {
    let points = zip(report.trials, report.states).compactMap { trial, state in
      if let x = trial.variant.value(at: path)?.double, let y = state.result?.value {
        ScatterPlot.Point(
          x: x, y: y, label: "\(trial.variant.name), seed \(trial.seed): \(LinePlot.text(y))")
      } else {
        nil as ScatterPlot.Point?
      }
    }
    let distribution = plan.text(at: ["parameters", path.description, "distribution"])
    return ScatterPlot(
      title: "\(plan.metric.name) by \(label)", xTitle: label, points: points,
      isLogarithmic: distribution.flatMap(SweepParameter.Distribution.init)?.isLogarithmic == true
    ).markup
  }

  /// A row for each value that isn't a number.
  private func strips(_ path: JSONPath, _ label: String) -> Markup {
    var values: [JSONNode] = []
    for value in plan.variants.compactMap({ $0.value(at: path) }) where !values.contains(value) {
      values.append(value)
    }
    let rows = values.map { value in
      let results = zip(report.trials, report.states).compactMap { trial, state in
        if trial.variant.value(at: path) == value, let y = state.result?.value {
          (label: "\(trial.variant.name), seed \(trial.seed)", value: y)
        } else {
          nil as (label: String, value: Double)?
        }
      }
      return IntervalPlot.Row(
        name: path == ["recipe"] ? VariantNames.stem(value) : VariantNames.text(value), note: "",
        style: nil, values: results, estimate: Estimate(results.map(\.value)),
        missing: "no result")
    }
    return Markup(
      "figure", ["class": "plot"],
      [
        Markup("figcaption", [:], [Markup("\(plan.metric.name) by \(label)")]),
        IntervalPlot(axisTitle: plan.metric.name, rows: rows, format: report.format).markup,
      ])
  }

  /// What differs between the variants' recipes and settings.
  var differences: Markup? {
    let reference = comparison.base ?? comparison.best ?? 0
    guard plan.variants.count > 1, plan.variants.indices.contains(reference) else { return nil }
    let origin = plan.variants[reference]
    let rows = comparison.rows.map(\.variant).filter { $0 != reference }.flatMap { variant in
      let other = plan.variants[variant]
      let differences =
        JSONDifference.all(from: origin.recipe, to: other.recipe)
        + JSONDifference.all(from: origin.model, to: other.model)
      return differences.filter { ![["name"], ["description"]].contains($0.path) }
        .map { difference in
          [
            Markup(other.name), code(difference.path.description), value(difference.old),
            value(difference.new),
          ]
        }
    }
    return .section(
      "What differs",
      [
        .table(
          caption: "Differences of recipes and settings from \(origin.name)",
          header: ["variant", "path", origin.name, "here"], rows: rows)
      ])
  }

  private func value(_ node: JSONNode?) -> Markup {
    guard let text = node?.compactText else { return "–" }
    return code(text.count <= 120 ? text : text.prefix(119) + "…")
  }
}
