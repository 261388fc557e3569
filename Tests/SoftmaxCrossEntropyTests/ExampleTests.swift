import Foundation
import LossKit
import TestSupport
import Testing

/// Examples that can be checked by hand.
@Suite struct ExampleTests {
  private func evaluate<Scalar: LossScalar>(
    _ rows: [[Scalar]], _ targets: LossTargets<Scalar>,
    _ parameters: [String: ParameterValue] = [:], reduction: Reduction = .mean
  ) throws -> LossResult<Scalar> {
    try SoftmaxCrossEntropyLoss(parameters).evaluate(
      try Tensor(shape: [rows.count, rows[0].count], elements: rows.flatMap { $0 }),
      targets: targets, reduction: reduction)
  }

  @Test func theSoftmaxOfOneTwoThree() throws {
    // The gradient is the softmax, less 1 at the class.
    let result = try evaluate([[1.0, 2, 3]], .classes([2]))
    let gradient = try #require(result.gradient?.elements)
    let softmax = [gradient[0], gradient[1], gradient[2] + 1]
    #expect(softmax.map { ($0 * 100).rounded() / 100 } == [0.09, 0.24, 0.67])
    #expect(abs(result.value + log(softmax[2])) < 1e-15)
  }

  @Test(arguments: [0.6, 0.3, 0.1])
  func theLossIsTheLogarithmOfTheProbability(probability: Double) throws {
    // Five classes, the fourth is true; the others share the rest.
    let other = log((1 - probability) / 4)
    let result = try evaluate([[other, other, other, log(probability), other]], .classes([3]))
    #expect(abs(result.value + log(probability)) < 1e-15)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func oneHotRowsEqualClassIndices(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let classes = (0..<6).map { _ in Int.random(in: 0..<4, using: &generator) }
    let logits = classes.map { _ in generator.floats(4, in: -8...8) }
    let oneHot = classes.flatMap { label in (0..<4).map { $0 == label ? 1 : 0 as Float } }
    for parameters: [String: ParameterValue] in [
      [:], ["class_weights": [1, 2, 0.5, 3]], ["label_smoothing": 0.1],
    ] {
      let byIndex = try evaluate(logits, .classes(classes), parameters, reduction: .none)
      let byRow = try evaluate(
        logits, .dense(try Tensor(shape: [6, 4], elements: oneHot)), parameters, reduction: .none)
      let tolerance = Tolerance(relative: 1e-6, absolute: 1e-7)
      let mismatches =
        tolerance.mismatches("value", byRow.doubleValues, byIndex.doubleValues)
        + tolerance.mismatches("gradient", byRow.doubleDerivatives, byIndex.doubleDerivatives)
      #expect(mismatches == [])
    }
  }

  @Test func fullSmoothingAsksForAllClassesAlike() throws {
    let smoothed = try evaluate([[0.3, -2, 1.5]], .classes([1]), ["label_smoothing": 1])
    let even = try evaluate(
      [[0.3, -2, 1.5]],
      .dense(try Tensor(shape: [1, 3], elements: [1.0 / 3, 1.0 / 3, 1.0 / 3])))
    #expect(abs(smoothed.value - even.value) < 1e-15)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func theGradientOfARowAddsUpToZero(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let logits = [(0..<7).map { _ in Double.random(in: -9...9, using: &generator) }]
    let result = try evaluate(
      logits, .classes([3]), ["class_weights": [1, 2, 3, 4, 5, 6, 7], "label_smoothing": 0.3])
    #expect(abs(result.doubleDerivatives.reduce(0, +)) < 1e-14)
  }

  @Test func certainRowsCostNothingAndWrongOnesTheDistance() throws {
    let result = try evaluate(
      [[1e4, -1e4], [-1e4, 1e4], [3e37, -3e37]] as [[Float]], .classes([0, 0, 0]),
      reduction: .none)
    #expect(result.values?.elements == [0, 2e4, 0])
    #expect(result.gradient?.elements == [0, 0, -1, 1, 0, 0])
  }

  @Test func anAlmostCertainRowKeepsItsDigits() throws {
    // log(1 + e⁻³⁰) is e⁻³⁰ to 14 digits; 1 − p would be 0 in single precision.
    let result = try evaluate([[30, 0]] as [[Float]], .classes([0]))
    #expect(abs(result.value / exp(-30) - 1) < 1e-6)
    #expect(abs(result.doubleDerivatives[0] / -exp(-30) - 1) < 1e-6)
    #expect(abs(result.doubleDerivatives[1] / exp(-30) - 1) < 1e-6)
  }

  @Test func oneColumnIsAlwaysRight() throws {
    let result = try evaluate([[5], [-5]] as [[Float]], .classes([0, 0]))
    #expect(result.value == 0)
    #expect(result.gradient?.elements == [0, 0])
  }
}
