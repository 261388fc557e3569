import Foundation
import LossKit
import TestSupport
import Testing

@Suite struct ExampleTests {
  private func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// 3,000 rows, as many as in the articles' smaller run.
  private func rows(seed: UInt64) throws -> (logits: Tensor<Double>, targets: Tensor<Double>) {
    var generator = SeededGenerator(seed: seed)
    let logits = (0..<3000).map { _ in Double.random(in: -6...6, using: &generator) }
    let targets = logits.map { _ in Double(Int.random(in: 0...1, using: &generator)) }
    return (
      try Tensor(shape: [3000, 1], elements: logits),
      try Tensor(shape: [3000, 1], elements: targets)
    )
  }

  @Test func isTheMeanOfLogarithms() throws {
    let (logits, targets) = try rows(seed: 1)
    var sum = 0.0
    for (logit, target) in zip(logits.elements, targets.elements) {
      let p = sigmoid(logit)
      sum -= target * log(p) + (1 - target) * log(1 - p)
    }
    let mean = sum / 3000
    let onLogits = try BCEWithLogitsLoss().evaluate(logits, targets: .dense(targets))
    let onProbabilities = try BCELoss().evaluate(
      logits.map { sigmoid($0) }, targets: .dense(targets))
    #expect(abs(onLogits.value - mean) < 1e-13)
    #expect(abs(onProbabilities.value - mean) < 1e-13)
  }

  /// Value for value, and by the chain rule derivative for derivative: dp/dx = p (1 − p).
  @Test func onLogitsIsOnTheirSigmoid() throws {
    let (logits, targets) = try rows(seed: 2)
    let probabilities = logits.map { sigmoid($0) }
    let onLogits = try BCEWithLogitsLoss().evaluate(
      logits, targets: .dense(targets), reduction: .none)
    let onProbabilities = try BCELoss().evaluate(
      probabilities, targets: .dense(targets), reduction: .none)
    let derivatives = zip(onProbabilities.doubleDerivatives, probabilities.elements).map {
      $0 * $1 * (1 - $1)
    }
    let tolerance = Tolerance(relative: 1e-12)
    let mismatches =
      tolerance.mismatches("value", onProbabilities.doubleValues, onLogits.doubleValues)
      + tolerance.mismatches("gradient", derivatives, onLogits.doubleDerivatives)
    #expect(mismatches == [])
  }

  @Test func largeLogitsStayExact() throws {
    let logits = try Tensor<Float>(shape: [2, 2], elements: [1e4, 1e4, -1e4, -1e4])
    let targets = try Tensor<Float>(shape: [2, 2], elements: [1, 0, 1, 0])
    let result = try BCEWithLogitsLoss().evaluate(
      logits, targets: .dense(targets), reduction: .none)
    #expect(result.values?.elements == [0, 1e4, 1e4, 0])
    #expect(result.gradient?.elements == [0, 1, -1, 0])
  }

  @Test func anAlmostCertainLogitKeepsItsDigits() throws {
    let logits = try Tensor<Float>(shape: [1, 2], elements: [30, -30])
    let targets = try Tensor<Float>(shape: [1, 2], elements: [1, 0])
    let result = try BCEWithLogitsLoss().evaluate(
      logits, targets: .dense(targets), reduction: .none)
    for value in result.doubleValues { #expect(abs(value / exp(-30) - 1) < 1e-6) }
    #expect(abs(result.doubleDerivatives[0] / -exp(-30) - 1) < 1e-6)
    #expect(abs(result.doubleDerivatives[1] / exp(-30) - 1) < 1e-6)
  }

  @Test func impossibleProbabilitiesCostAHundred() throws {
    let p = try Tensor<Float>(shape: [1, 6], elements: [0, 0, 1, 1, -0.5, 1.5])
    let targets = try Tensor<Float>(shape: [1, 6], elements: [0, 1, 0, 1, 1, 0])
    let result = try BCELoss().evaluate(p, targets: .dense(targets), reduction: .none)
    #expect(result.values?.elements == [0, 100, 100, 0, 100, 100])
    #expect(result.gradient?.elements == [0, -1e12, 1e12, 0, -1e12, 1e12])
  }

  @Test func onePositiveWeightStandsForAll() throws {
    var generator = SeededGenerator(seed: 3)
    let x = try Tensor(shape: [5, 3], elements: generator.floats(15, in: -5...5))
    let y = try Tensor(shape: [5, 3], elements: generator.floats(15, in: 0...1))
    let one = try BCEWithLogitsLoss(["pos_weight": 2.5]).evaluate(x, targets: .dense(y))
    let three = try BCEWithLogitsLoss(["pos_weight": [2.5, 2.5, 2.5]]).evaluate(
      x, targets: .dense(y))
    #expect(one.value == three.value)
    #expect(one.gradient == three.gradient)
  }

  @Test(arguments: Reduction.allCases)
  func saysThatThereIsNotAWeightForEachColumn(reduction: Reduction) throws {
    let x = try Tensor<Float>(repeating: 0, shape: [2, 3])
    let loss = try BCEWithLogitsLoss(["pos_weight": [1, 2]])
    #expect(throws: InputError("pos_weight", "has 2 weights for 3 columns")) {
      try loss.evaluate(x, targets: .dense(x), reduction: reduction)
    }
  }
}
