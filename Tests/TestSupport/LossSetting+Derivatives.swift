import LossKit

extension LossSetting {
  /// How the gradient differs from central differences of the value, in double precision; for every
  /// kind of weights that the loss takes.
  public func derivativeMismatches(reduction: Reduction, seed: UInt64) throws -> [String] {
    let loss = try make()
    guard !loss.holdsPartConstant else { return [] }
    return try weightings().flatMap { weighting in
      let input = randomInput(rows: 6, weighting, seed: seed)
      let gradient = try input.evaluate(loss, over: Double.self, reduction: reduction).gradient
      let step = 1e-5
      let derivatives = try input.predictions.indices.map { index in
        func value(_ prediction: Double) throws -> Double {
          var moved = input
          moved.predictions[index] = prediction
          return try moved.evaluate(loss, over: Double.self, reduction: reduction, gradient: false)
            .value
        }
        let here = input.predictions[index]
        return (try value(here + step) - value(here - step)) / (2 * step)
      }
      return Tolerance(relative: 1e-6, absolute: 1e-8).mismatches(
        "\(weighting) gradient", gradient?.elements ?? [], derivatives, width: width)
    }
  }
}
