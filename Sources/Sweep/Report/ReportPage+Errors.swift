import Foundation
import Plots
import StrictJSON
import TrainingLogs

extension ReportPage {
  /// What went wrong, by kind, and precision over recall, of the variants that are drawn; `nil` if no trainer
  /// left an `evaluation.json`.
  var errors: Markup? {
    var problems: [String] = []
    let evaluations = choosable.map { variant in
      report.trials.filter { $0.variantIndex == variant }.compactMap { trial in
        do throws(Diagnostics) {
          return try TrialEvaluation(
            contentsOf: report.folder.file("evaluation.json", ofTrial: trial.index))
        } catch {
          problems += error.all.map(\.description)
          return nil
        }
      }
    }
    guard !problems.isEmpty || evaluations.contains(where: { !$0.isEmpty }) else { return nil }
    let curves = precisionCurves(evaluations)
    return .section(
      "Errors",
      [
        list(problems), errorTable(evaluations) ?? Markup([]),
        curves.isEmpty
          ? Markup([])
          : Markup([
            .paragraph(
              [
                "Precision over recall: means over the seeds, with bands from the lowest to the highest."
              ],
              style: "note"), legend, Markup("div", ["class": "plots wide"], curves),
          ]),
      ])
  }

  /// A row a variant, a column a kind: what errors of the kind cost, or how many there are.
  private func errorTable(_ evaluations: [[TrialEvaluation]]) -> Markup? {
    var kinds: [String] = []
    for errors in evaluations.prefix(shown.count).joined().flatMap(\.errors)
    where !kinds.contains(errors.kind) {
      kinds.append(errors.kind)
    }
    guard !kinds.isEmpty else { return nil }
    let found = evaluations.prefix(shown.count).map { trials in
      kinds.map { kind in
        let errors = trials.flatMap(\.errors).filter { $0.kind == kind }
        return (count: Estimate(errors.map(\.count)), cost: Estimate(errors.compactMap(\.cost)))
      }
    }
    let most = found.joined().compactMap(\.cost?.mean).max() ?? 0
    let rows = zip(shown, found).map { variant, errors in
      [Markup(name(variant))]
        + errors.map { count, cost in
          let count = count.map { LinePlot.text($0.mean) }
          guard let cost else { return Markup(count ?? "–") }
          return Markup([
            bar(most > 0 ? cost.mean / most : 0, text: withMinus(Self.cost(cost.mean))),
            count.map { small("\($0) errors") } ?? Markup([]),
          ])
        }
    }
    return Markup([
      .paragraph(
        [
          """
          By how much AP50 would rise if the errors of one kind were put right, and how many there are, \
          means over the seeds. Kinds as TIDE has them: classification, the right place and the wrong class; \
          localization, the right class and an overlap of 0.1 to 0.5; both; a duplicate; background, where \
          nothing is; and objects that are missed. Costs don’t add up.
          """
        ], style: "note"),
      .table(
        caption: "Cost of errors in AP50", header: ["variant"] + kinds, rows: rows,
        style: "errors"),
    ])
  }

  private static func cost(_ number: Double) -> String { String(format: "%.3f", number) }

  /// A plot for each curve that trainers name.
  private func precisionCurves(_ evaluations: [[TrialEvaluation]]) -> [Markup] {
    var names: [String] = []
    for (name, _) in evaluations.joined().flatMap(\.precisions) where !names.contains(name) {
      names.append(name)
    }
    return names.map { name in
      let series = zip(choosable, evaluations).compactMap { variant, evaluations in
        let seeds = evaluations.flatMap(\.precisions).filter { $0.name == name }.map(\.values)
        return seeds.isEmpty ? nil : self.series(of: variant, Self.points(seeds))
      }
      return LinePlot(
        title: "precision, \(name)", xTitle: "recall", series: series, isPercentage: true
      ).markup
    }
  }

  private static func points(_ seeds: [[Double]]) -> TrainingCurves.Curve {
    (0..<TrialEvaluation.recalls).map { recall in
      let values = seeds.map { $0[recall] }
      return TrainingCurves.Point(
        x: Double(recall) / Double(TrialEvaluation.recalls - 1),
        y: values.reduce(0, +) / Double(values.count), low: values.min() ?? 0,
        high: values.max() ?? 0)
    }
  }
}
