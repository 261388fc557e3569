import LossKit
import TestSupport
import Testing

/// Rows of channels-first tensors, which element-wise losses evaluate column by column, against the same rows side by
/// side.
struct ColumnTests {
  private static let columns = 7
  private static let cells = 300
  /// Which cells have a row: not all, so that there are several runs.
  private static let rows = (0..<cells).filter { $0 != 17 && $0 % 50 != 3 }

  private static func predictions() throws -> [Double] {
    try randomTensor([columns, cells], seed: 71).elements
  }

  private struct Outcome<Scalar: LossScalar>: Equatable {
    let totals: RowTotals
    let gradient: [Scalar]
  }

  /// What the rows come to where they lie in columns, and side by side; gradients by rows.
  private func evaluate<Scalar: LossScalar>(
    _ loss: any Loss, _ targets: RowTargets<Scalar>, _ weights: RowWeights<Scalar>,
    _ predictions: [Scalar]
  ) throws -> [Outcome<Scalar>] {
    let (rows, cells, columns) = (Self.rows, Self.cells, Self.columns)
    let places = rows.flatMap { row in (0..<columns).map { $0 * cells + row } }
    return try [true, false].map { (areColumns: Bool) -> Outcome<Scalar> in
      let selection =
        areColumns
        ? RowSelection(starts: rows, width: columns, columnStride: cells)
        : RowSelection(rows: rows.count, width: columns)
      #expect(selection.liesInColumns == areColumns)
      let numbers = areColumns ? predictions : places.map { predictions[$0] }
      var gradient: [Scalar]? = numbers.map { _ in 0 }
      let totals = try RowTerm(
        loss: loss, rows: selection, targets: targets, weights: weights,
        arePositives: rows.map { $0 % 4 == 1 }
      ).evaluate(numbers, addingGradientTo: &gradient)
      let sums = gradient ?? []
      return Outcome(totals: totals, gradient: areColumns ? places.map { sums[$0] } : sums)
    }
  }

  private func check<Scalar: LossScalar>(_ loss: any Loss, _: Scalar.Type) throws {
    let classes = Self.rows.map { $0 % 4 == 1 ? $0 % Self.columns + 1 : 0 }
    let scores = Self.rows.map { Scalar(Double($0 % 10) / 10) }
    let predictions = try Self.predictions().map { Scalar($0) }
    let weights = Self.rows.map { Scalar(Double($0 % 3)) }
    for targets in [RowTargets.classes(classes, ignored: nil), .scoredClasses(classes, scores)] {
      for weights in [RowWeights.ones, .rows(weights)] {
        let results = try evaluate(loss, targets, weights, predictions)
        let (columns, rows) = (results[0], results[1])
        #expect(columns.gradient == rows.gradient)
        #expect(columns.gradient.contains { $0 != 0 })
        #expect(agree(columns.totals.value, rows.totals.value))
        #expect(agree(columns.totals.squaredGradient, rows.totals.squaredGradient))
        #expect(agree(columns.totals.squaredMarkedGradient, rows.totals.squaredMarkedGradient))
        #expect(columns.totals.squaredMarkedGradient > 0)
      }
    }
  }

  @Test(
    arguments: ["bce_with_logits", "sigmoid_focal", "quality_focal", "varifocal", "smooth_l1"])
  func `columns come to what rows do`(name: String) throws {
    let loss = try Registry.builtIn().loss(name)
    try check(loss, Float.self)
    try check(loss, Double.self)
  }

  @Test func `a weight for each column needs rows`() throws {
    let weights = (1...Self.columns).map { ParameterValue.number(Double($0)) }
    try check(
      try Registry.builtIn().loss("bce_with_logits", ["pos_weight": .list(weights)]), Double.self)
  }

  @Test func `an error names the row`() throws {
    let loss = try Registry.builtIn().loss("sigmoid_focal")
    var predictions = try Self.predictions().map { Float($0) }
    predictions[3 * Self.cells + Self.rows[100]] = .nan
    let classes = Self.rows.map { _ in 0 }
    #expect(
      complaint { try evaluate(loss, .classes(classes, ignored: nil), .ones, predictions) }
        == "predictions row 100, column 3: nan is not finite")
    predictions = try Self.predictions().map { Float($0) }
    #expect(
      complaint {
        try evaluate(
          loss, .classes(classes.map { _ in Self.columns + 1 }, ignored: nil), .ones, predictions)
      }.contains("targets row 0: class 8 is out of range"))
    let logarithm = try Registry.builtIn().loss(
      "formula", ["value": "log(prediction + 3.5) + 0 * target"])
    predictions[2 * Self.cells + Self.rows[9]] = -4
    #expect(
      complaint { try evaluate(logarithm, .classes(classes, ignored: nil), .ones, predictions) }
        .hasPrefix("formula row 9: column 2: log(prediction + 3.5) is nan for the prediction -4.0"))
  }
}
