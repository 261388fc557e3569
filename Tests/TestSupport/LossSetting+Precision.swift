import Foundation
import LossKit

extension LossSetting {
  /// How values and gradients over Float differ by more than `relative` from those over Double of
  /// the same input, whose magnitudes spread evenly by logarithm over 1e-30 … 1e4.
  public func precisionMismatches(
    relative: Double, rows: Int, seed: UInt64
  ) throws -> [String] {
    let loss = try make()
    var generator = SeededGenerator(seed: seed)
    var input = LossInput(
      rows: rows, width: width,
      predictions: predictions == .boxes
        ? generator.boxes(rows) : (0..<rows * width).map { _ in magnitude(using: &generator) })
    setTargets(of: &input, using: &generator)
    let float: LossResult<Float> = try input.evaluate(loss, over: Float.self, reduction: .none)
    let double: LossResult<Double> = try input.evaluate(loss, over: Double.self, reduction: .none)
    func compare(
      _ name: String, _ found: Tensor<Float>?, _ expected: Tensor<Double>?, absolute: Double
    ) -> [String] {
      let found = found?.elements.map { Double($0) } ?? []
      return Tolerance(relative: relative, absolute: absolute)
        .mismatches(name, found, expected?.elements ?? [], width: width)
    }
    // Below it Float has fewer digits.
    let smallest = Double(Float.leastNormalMagnitude)
    // The derivative p − y, with p near a y between 0 and 1, is what is left of two rounded numbers of
    // about 1: it has their error.
    // What gaussian_focal adds to logarithms makes its derivative change its sign at a probability of some 1e-12.
    let cancelled =
      hasFractionalTargets ? relative / 4 : self.loss == "gaussian_focal" ? 1e-24 : smallest
    if predictions == .boxes {
      // 1 − IoU and the like are what is left of numbers of about 1, and so are their derivatives of sides
      // of 8 and more.
      return compare("value", float.values, double.values, absolute: relative)
        + compare("gradient", float.gradient, double.gradient, absolute: relative / 8)
    }
    // The factor |y − p| of the value is such a difference too.
    let ofValue = self.loss == "quality_focal" ? cancelled : smallest
    return compare("value", float.values, double.values, absolute: ofValue)
      + compare("gradient", float.gradient, double.gradient, absolute: cancelled)
  }

  /// Whether a derivative is the difference of a probability and a target between 0 and 1.
  private var hasFractionalTargets: Bool {
    if let smoothing = parameters["label_smoothing"]?.asNumber, smoothing > 0 { return true }
    switch targets {
    case .distributions, .positions: return predictions == .logits
    case .probabilities: return predictions == .logits || self.loss == "quality_focal"
    case .classes, .bits, .coordinates, .boxes: return false
    }
  }

  /// A prediction of a magnitude anywhere between 1e-30 and 1e4, or as far as there are any: a
  /// probability lies as near to one end of its range or the other.
  private func magnitude(using generator: inout SeededGenerator) -> Double {
    let isPositive = Bool.random(using: &generator)
    switch predictions {
    case .logits, .boxes:
      let size = pow(10, Double.random(in: -30...4, using: &generator))
      return Double(Float(isPositive ? size : -size))
    case .logProbabilities:
      return Double(Float(-pow(10, Double.random(in: -30...4, using: &generator))))
    case .probabilities:
      let size = pow(10, Double.random(in: -30 ... -0.3, using: &generator))
      return Double(Float(isPositive ? size : 1 - size))
    }
  }
}
