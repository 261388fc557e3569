import LossKit

extension LossSetting {
  /// The input that should give 0 and doesn't: no rows, weights of 0, all rows left out.
  public func nonzeroResults(reduction: Reduction) throws -> [String] {
    let loss = try make()
    var inputs = [("no rows", randomInput(rows: 0, seed: 5))]
    var weightless = randomInput(rows: 4, seed: 6)
    weightless.rowWeights = [0, 0, 0, 0]
    inputs.append(("row weights of 0", weightless))
    if try weightings().contains(.elements) {
      weightless.rowWeights = nil
      weightless.elementWeights = [Double](repeating: 0, count: 4 * width)
      inputs.append(("element weights of 0", weightless))
    }
    if try weightings().contains(.inside) {
      weightless = randomInput(rows: 4, seed: 7)
      weightless.insideWeights = [Double](repeating: 0, count: 4 * width)
      inputs.append(("inside weights of 0", weightless))
    }
    if let ignored = (loss as? any ClassLoss)?.ignoredClass, case .classes = targets {
      var ignoredRows = randomInput(rows: 4, seed: 8)
      ignoredRows.classes = [ignored, ignored, ignored, ignored]
      inputs.append(("all rows left out", ignoredRows))
    }
    return try inputs.compactMap { name, input in
      let result = try input.evaluate(loss, over: Float.self, reduction: reduction)
      let isZero =
        result.value == 0 && result.values?.elements.allSatisfy { $0 == 0 } != false
        && result.gradient?.elements.allSatisfy { $0 == 0 } == true
      return isZero ? nil : name
    }
  }
}
