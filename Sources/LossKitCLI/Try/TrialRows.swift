import CommandLineKit
import LossKit

/// What came of a trial, row by row.
struct TrialRows<Scalar: LossScalar>: TrialReport {
  private let trial: Trial<Scalar>
  private let probabilities: Tensor<Scalar>?
  /// A value a row, or one an element.
  private let values: Tensor<Scalar>?
  private let reduced: LossResult<Scalar>

  init(_ trial: Trial<Scalar>) throws(InputError) {
    self.trial = trial
    reduced = try trial.evaluate(trial.reduction, gradient: true)
    values = try trial.evaluate(
      trial.reduction == .sumPerRow ? .sumPerRow : .none, gradient: false
    ).values
    probabilities = try trial.loss.activation.probabilities(trial.predictions)
  }

  private var rows: Range<Int> { 0..<trial.predictions.shape[0] }

  /// A row of the table a quantity, and the reduced value below.
  var table: Table {
    let width = trial.predictions.shape[1]
    var table = Table([.init(""), .init("")] + (0..<width).map { _ in .init("", .decimal) })
    for row in rows {
      var label = "row \(row)"
      for case (let name, let numbers?) in quantities(row) {
        table.append([label, name] + numbers.map { $0.formatted(significant: 6) })
        label = ""
      }
    }
    table.appendRule()
    table.append([trial.reduction.title, "", reduced.value.formatted(significant: 6)])
    return table
  }

  /// The same as JSON; a row holds a list for each quantity.
  var node: JSONNode {
    [
      "loss": JSONNode(trial.loss.declaration.name),
      "reduction": JSONNode(trial.reduction.rawValue),
      "value": JSONNode(finite: reduced.value),
      "rows": JSONNode(
        rows.map { row in
          var object = JSONObject()
          for case (let name, let numbers?) in quantities(row) {
            object.set(
              name.replacing(" ", with: "_"), to: JSONNode(numbers.map { JSONNode(finite: $0) }))
          }
          if case .classes(let classes) = trial.targets {
            object.set("targets", to: JSONNode(classes[row]))
          }
          return JSONNode(object)
        }),
    ]
  }

  /// What there is to say of a row; `nil` for a quantity that the trial doesn't have.
  private func quantities(_ row: Int) -> KeyValuePairs<String, [Scalar]?> {
    [
      "predictions": trial.predictions.row(row),
      "probabilities": probabilities?.row(row),
      "targets": targets(row),
      "weights": trial.weights?.row(row),
      "inside weights": trial.insideWeights?.row(row),
      "loss": values?.row(row),
      "gradient": reduced.gradient?.row(row),
    ]
  }

  /// The targets of a row: its class, or a number a column.
  private func targets(_ row: Int) -> [Scalar] {
    switch trial.targets {
    case .classes(let classes): [Scalar(classes[row])]
    case .dense(let tensor): tensor.row(row)
    }
  }
}

extension Tensor {
  /// The elements at `index` of the outermost axis.
  fileprivate func row(_ index: Int) -> [Element] {
    let width = shape.dropFirst().reduce(1, *)
    return Array(elements[index * width..<(index + 1) * width])
  }
}
