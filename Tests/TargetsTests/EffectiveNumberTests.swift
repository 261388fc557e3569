@testable import LossCore
import LossKit
import Testing

/// Weights of classes by the effective number of their objects.
struct EffectiveNumberTests {
  private func image(labels: [Int]) throws -> MatchedPriors {
    let boxes = labels.indices.map { Box(Float($0), 0, Float($0 + 1), 1) }
    return try MatchedPriors(
      Priors(boxes + [Box(0, 0, 1, 1)]), GroundTruth(boxes: boxes, labels: labels),
      Assignment(matches: labels.indices.map { Int32($0) } + [-1]),
      Sample(positives: Array(labels.indices), negatives: [labels.count]),
      coder: try DeltaBoxCoder())
  }

  /// (1 − β) / (1 − βⁿ) with β = 1/2 is 1 for one object and 2/3 for two: 6/5 and 4/5 add up to the classes.
  @Test func `weights add up to the classes`() throws {
    let weight = try EffectiveNumberWeight(["beta": 0.5, "counts": [1, 2]])
    #expect(try weight.weights(for: try image(labels: [2, 1])) == [0.8, 1.2, 1])
  }

  @Test func `both ends of beta`() throws {
    let image = try image(labels: [1, 2])
    let none = try EffectiveNumberWeight(["beta": 0, "counts": [5, 500], "background": 0.5])
    #expect(try none.weights(for: image) == [1, 1, 0.5])
    let all = try EffectiveNumberWeight(["beta": 1, "counts": [1, 3]])
    #expect(try all.weights(for: image) == [1.5, 0.5, 1])
  }

  /// As Cui et al.'s own code, in double precision: β = 0.9999, three classes.
  @Test func `as its authors`() throws {
    let weight = try EffectiveNumberWeight(["beta": 0.9999, "counts": [5000, 500, 5]])
    let expected: [Float] = [0.0037679254500051747, 0.030398410694453655, 2.965833663855541]
    let found = try weight.weights(for: try image(labels: [1, 2, 3]))
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 * $1 })
  }

  @Test func `what is missing is told`() throws {
    #expect(throws: ParameterErrors.self) { try EffectiveNumberWeight([:]) }
    let weight = try EffectiveNumberWeight(["counts": [5, 6]])
    let error = #expect(throws: InputError.self) {
      try weight.weights(for: try image(labels: [3]))
    }
    #expect(
      error?.description
        == "effective_number: has counts of 2 classes; there is an object of class 3")
  }
}
