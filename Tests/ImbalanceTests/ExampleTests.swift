import LossKit
import TestSupport
import Testing

/// Examples worked out by hand, and what losses that remember refuse.
@Suite struct ExampleTests {
  private func loss(_ name: String, _ parameters: [String: ParameterValue] = [:]) throws -> any Loss
  {
    try Registry.builtIn().loss(name, parameters)
  }

  /// Three values of length 1/2 in one bin and one of about 0 in another: of four values in two bins each of the
  /// three counts 4 / (2 · 3), and the one 4 / (2 · 1).
  @Test func commonLengthsCountLittle() throws {
    let result = try loss("ghm_c").evaluate(
      Tensor<Double>(shape: [4, 1], elements: [0, 0, 0, 40]),
      targets: .dense(Tensor(shape: [4, 1], elements: [0, 1, 0, 1])), reduction: .none)
    let gradient = try #require(result.gradient).elements
    #expect(gradient[0] == 4.0 / 6 * 0.5)
    #expect(gradient[1] == -4.0 / 6 * 0.5)
    #expect(abs(gradient[3] + 2 * Double.exp(-40)) < 1e-30)
    #expect(result.state == [])
  }

  /// Of four values one isn't weighed: three in two bins are left.
  @Test func whatWeighsNothingIsNotCounted() throws {
    let result = try loss("ghm_c").evaluate(
      Tensor<Double>(shape: [4, 1], elements: [0, 0, 0, 40]),
      targets: .dense(Tensor(shape: [4, 1], elements: [0, 1, 0, 1])),
      weights: Tensor([1, 1, 0, 1]), reduction: .none)
    let gradient = try #require(result.gradient).elements
    #expect(gradient[0] == 3.0 / 4 * 0.5)
    #expect(gradient[2] == 0)
  }

  /// With a momentum of 3/4 the first count is a quarter of what was counted, which makes values count more.
  @Test func countsFollowThoseOfTheStepsBefore() throws {
    let loss = try loss("ghm_r", ["momentum": 0.75, "bins": 2])
    let predictions = try Tensor<Double>(shape: [2, 1], elements: [0, 0])
    let targets = LossTargets<Double>.dense(predictions)
    let first = try loss.evaluate(predictions, targets: targets)
    #expect(first.state == [0.5, 0])
    let second = try loss.evaluate(predictions, targets: targets, after: first.state)
    #expect(second.state == [0.875, 0])
  }

  /// Two rows of class 0 and one of class 1 make N = (2, 1): the second class is spared by (1/2)^p.
  @Test func rareClassesAreSpared() throws {
    let loss = try loss("seesaw", ["p": 1, "q": 0])
    let result = try loss.evaluate(
      Tensor<Double>(shape: [4, 4], elements: [Double](repeating: 0, count: 16)),
      targets: .classes([0, 0, 1, 2]), reduction: .none)
    let values = try #require(result.values).elements
    let half = Double.log(2)
    #expect(abs(values[0] - (Double.log(1.5) + half)) < 1e-15)
    #expect(abs(values[2] - 2 * half) < 1e-15)
    #expect(abs(values[3] - half) < 1e-15)
    #expect(result.state == [2, 1, 1])
    let gradient = try #require(result.gradient).elements
    #expect(abs(gradient[1] - 1.0 / 3) < 1e-15)
    #expect(Array(gradient[12...13]) == [0, 0], "background is compared by objectness alone")
    #expect(Array(gradient[14...15]) == [0.5, -0.5])
  }

  /// The first step counts nothing before; its gradients balance the next: class 0 got 0.5 of positive and 0.5 of
  /// negative gradient, class 1 negative gradient alone.
  @Test func gradientsAreBalancedOverSteps() throws {
    let loss = try loss("equalization_v2")
    let predictions = try Tensor<Double>(shape: [2, 3], elements: [0, 0, 0, 0, 0, 0])
    let first = try loss.evaluate(predictions, targets: .classes([0, 2]), reduction: .sum)
    #expect(abs(first.value - 6 * Double.log(2)) < 1e-14)
    #expect(first.state == [0.5, 0, 0.5, 1])
    let second = try loss.evaluate(
      predictions, targets: .classes([0, 2]), reduction: .sum, after: first.state)
    let (even, none) = (1 / (1 + Double.exp(-12 * 0.2)), 1 / (1 + Double.exp(12 * 0.8)))
    let gradient = try #require(second.gradient).elements
    #expect(abs(gradient[0] + (1 + 4 * (1 - even)) * 0.5) < 1e-9)
    #expect(abs(gradient[3] - even * 0.5) < 1e-9)
    #expect(abs(gradient[1] - none * 0.5) < 1e-9)
    #expect(gradient[2] == 0.5)
    #expect(gradient[5] == -0.5)
  }

  @Test func statesOfAnotherClassCountAreRefused() throws {
    for (name, count) in [("seesaw", 4), ("equalization_v2", 8)] {
      let predictions = try Tensor<Double>(shape: [1, 5], elements: [0, 0, 0, 0, 0])
      let error = #expect(throws: InputError.self) {
        try loss(name).evaluate(
          predictions, targets: .classes([0]), after: [Double](repeating: 1, count: count + 1))
      }
      #expect(
        error?.description.hasPrefix(
          "state: has \(count + 1) numbers, but \(name) remembers \(count) for rows of 5 columns")
          == true)
      #expect(throws: InputError.self) {
        try loss(name).evaluate(
          predictions, targets: .classes([0]),
          after: [-1] + [Double](repeating: 1, count: count - 1))
      }
      #expect(throws: InputError.self) {
        try loss(name).evaluate(
          predictions, targets: .classes([0]),
          after: [.nan] + [Double](repeating: 1, count: count - 1))
      }
    }
  }

  @Test func numbersThatAreNotFiniteAreNamed() throws {
    for name in ["ghm_c", "ghm_r"] {
      let error = #expect(throws: InputError.self) {
        try loss(name).evaluate(
          Tensor<Float>(shape: [2, 1], elements: [0, .nan]),
          targets: .dense(Tensor(shape: [2, 1], elements: [0, 0])))
      }
      #expect(error?.description == "predictions row 1, column 0: nan is not finite")
    }
    #expect(throws: InputError.self) {
      try loss("seesaw").evaluate(
        Tensor<Float>(shape: [1, 3], elements: [0, .infinity, 0]), targets: .classes([0]))
    }
  }

  @Test func aColumnOfObjectnessIsNoClass() throws {
    let error = #expect(throws: InputError.self) {
      try loss("seesaw").evaluate(
        Tensor<Float>(shape: [2, 4], elements: [0, 0, 0, 0, 0, 0, 0, 0]), targets: .classes([0, 3]))
    }
    #expect(error?.description.contains("class 3 is out of range; expected 0 to 1, or 2") == true)
    #expect(throws: InputError.self) {
      try loss("seesaw").evaluate(
        Tensor<Float>(shape: [1, 2], elements: [0, 0]), targets: .classes([0]))
    }
  }

  /// Logits of any size keep their digits and are finite.
  @Test func extremesAreFinite() throws {
    let row: [Double] = [1e4, -1e4, 0, 1e4, -1e4]
    for (name, targets) in [
      ("ghm_c", LossTargets<Double>.dense(try Tensor(shape: [1, 5], elements: [0, 1, 1, 1, 0]))),
      ("ghm_r", .dense(try Tensor(shape: [1, 5], elements: [0, 1, 1, 1, 0]))),
      ("seesaw", .classes([1])), ("equalization_v2", .classes([1])),
    ] {
      let result = try loss(name).evaluate(Tensor(shape: [1, 5], elements: row), targets: targets)
      #expect(result.value.isFinite)
      #expect(result.gradient?.elements.allSatisfy(\.isFinite) == true)
    }
  }
}
