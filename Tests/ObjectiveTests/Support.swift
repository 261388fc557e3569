import LossKit
import TestSupport

/// A tensor of random numbers in ±`range`.
func randomTensor(_ shape: [Int], in range: Double = 3, seed: UInt64) throws -> Tensor<Double> {
  var random = SeededGenerator(seed: seed)
  return try Tensor(
    shape: shape,
    elements: (0..<shape.reduce(1, *)).map { _ in
      // Singles, so that both precisions read the same numbers.
      Double(Float.random(in: Float(-range)...Float(range), using: &random))
    })
}

/// The error that `body` throws, in words.
func complaint<Result>(_ body: () throws -> Result) -> String {
  do {
    _ = try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

extension Term {
  /// A term called as its prediction.
  static func of(
    _ prediction: String..., layout: String, target: some Target, _ loss: any Loss,
    background: BackgroundColumn? = nil, _ normalizer: Normalizer = Normalizer(.constant(1)),
    weight: Double = 1,
    insideWeights: [Double]? = nil, outsideWeights: [Double]? = nil,
    rowWeight: (any RowWeight)? = nil
  ) throws -> Term {
    Term(
      name: prediction.joined(separator: " "), predictions: prediction,
      layout: try Layout(layout), target: target, loss: loss, background: background,
      normalizer: normalizer, weight: weight, insideWeights: insideWeights,
      outsideWeights: outsideWeights, rowWeight: rowWeight)
  }
}

/// Weighs a row by the number of its prior, counted from 1, times a factor.
struct NumberedWeight: RowWeight {
  static let declaration = Declaration(
    name: "numbered", summary: "The number of a prior.", formula: "", source: "tests")
  let scope: RowScope
  var factor: Float = 1

  init(parameters: Parameters) { scope = .positives }
  init(scope: RowScope, factor: Float = 1) {
    self.scope = scope
    self.factor = factor
  }

  func weights(for image: MatchedPriors) -> [Float] {
    (scope == .sampled ? image.sampled : image.positives).map { factor * Float($0 + 1) }
  }
}

/// Whether two numbers differ by at most `tolerance`, relative to the larger one.
func agree(_ left: Double, _ right: Double, _ tolerance: Double = 1e-12) -> Bool {
  abs(left - right) <= tolerance * max(abs(left), abs(right))
}
