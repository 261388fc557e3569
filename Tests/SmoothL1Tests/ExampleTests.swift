import LossKit
import TestSupport
import Testing

@Suite struct ExampleTests {
  /// Value and derivative of each difference.
  private func evaluate(
    _ loss: some Loss, _ differences: [Double]
  ) throws -> (values: [Double], derivatives: [Double]) {
    let shape = [1, differences.count]
    let result = try loss.evaluate(
      try Tensor(shape: shape, elements: differences),
      targets: .dense(try Tensor<Double>(repeating: 0, shape: shape)), reduction: .none)
    return (result.doubleValues, result.doubleDerivatives)
  }

  private func random(seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<1000).map { _ in Double.random(in: -4...4, using: &generator) }
  }

  private func expect(
    _ found: (values: [Double], derivatives: [Double]),
    equals expected: (values: [Double], derivatives: [Double]), relative: Double = 1e-14
  ) {
    let tolerance = Tolerance(relative: relative)
    #expect(tolerance.mismatches("value", found.values, expected.values) == [])
    #expect(tolerance.mismatches("derivative", found.derivatives, expected.derivatives) == [])
  }

  /// 0.5 σ² x² where |x| < 1/σ², |x| − 0.5/σ² beyond: σ = 3 in the RPN, 1 in the second stage.
  @Test(arguments: [3.0, 1])
  func sigmaSetsTheThreshold(sigma: Double) throws {
    let differences = random(seed: 1)
    let square = sigma * sigma
    let found = try evaluate(try SmoothL1Loss(["sigma": .number(sigma)]), differences)
    let values = differences.map { x in
      abs(x) < 1 / square ? 0.5 * square * x * x : abs(x) - 0.5 / square
    }
    let derivatives = differences.map { x in
      abs(x) < 1 / square ? square * x : x < 0 ? -1 : 1
    }
    expect(found, equals: (values, derivatives))
    #expect(differences.contains { abs($0) < 1 / square })
  }

  @Test func betaIsOneByDefault() throws {
    let found = try evaluate(try SmoothL1Loss(), [0, 0.5, -0.5, 1, -1, 2, -3])
    #expect(found.values == [0, 0.125, 0.125, 0.5, 0.5, 1.5, 2.5])
    #expect(found.derivatives == [0, 0.5, -0.5, 1, -1, 1, -1])
    expect(
      try evaluate(try SmoothL1Loss(["beta": 1]), random(seed: 2)),
      equals: try evaluate(try SmoothL1Loss(["sigma": 1]), random(seed: 2)), relative: 0)
  }

  @Test func betaOfZeroIsL1() throws {
    let differences = random(seed: 3) + [0, -0.0, 1e-300, -1e-300]
    expect(
      try evaluate(try SmoothL1Loss(["beta": 0]), differences),
      equals: try evaluate(try L1Loss(), differences), relative: 0)
  }

  @Test(arguments: [0.25, 1, 2.5])
  func huberIsDeltaTimesSmoothL1(delta: Double) throws {
    let differences = random(seed: 4) + [0, delta, -delta]
    let smooth = try evaluate(try SmoothL1Loss(["beta": .number(delta)]), differences)
    expect(
      try evaluate(try HuberLoss(["delta": .number(delta)]), differences),
      equals: (smooth.values.map { delta * $0 }, smooth.derivatives.map { delta * $0 }))
  }

  @Test func l2IsTheSquare() throws {
    let differences = random(seed: 5)
    expect(
      try evaluate(try L2Loss(), differences),
      equals: (differences.map { $0 * $0 }, differences.map { 2 * $0 }), relative: 0)
  }

  /// The RPN's box loss: inside weights keep the four coordinates of positive priors, outside
  /// weights divide by the 256 sampled ones.
  @Test func insideAndOutsideWeightsOfTheRPN() throws {
    var generator = SeededGenerator(seed: 6)
    let predictions = try Tensor(shape: [9, 4], elements: generator.floats(36, in: -2...2))
    let targets = try Tensor(shape: [9, 4], elements: generator.floats(36, in: -2...2))
    let isPositive = (0..<36).map { $0 / 4 % 3 == 0 }
    let loss = try SmoothL1Loss(["sigma": 3])
    let result = try loss.evaluate(
      predictions, targets: .dense(targets),
      weights: try Tensor(repeating: 1.0 / 256, shape: [9, 4]),
      insideWeights: try Tensor(shape: [9, 4], elements: isPositive.map { $0 ? 1 : 0 }),
      reduction: .sum)
    var sum = 0.0
    for index in 0..<36 where isPositive[index] {
      let x = abs(Double(predictions.elements[index] - targets.elements[index]))
      sum += (x < 1.0 / 9 ? 4.5 * x * x : x - 1.0 / 18) / 256
    }
    #expect(abs(result.value - sum) <= 1e-6 * sum)
    let derivatives = try #require(result.gradient?.elements)
    #expect(derivatives.indices.allSatisfy { isPositive[$0] || derivatives[$0] == 0 })
  }

  @Test func sigmaExcludesBeta() {
    let error = #expect(throws: ParameterErrors.self) {
      try SmoothL1Loss(["sigma": 3, "beta": 1])
    }
    #expect(
      error?.description
        == "smooth_l1: \"sigma\" is given beside \"beta\"; sigma sets beta to 1 / sigma^2")
  }

  @Test func parametersAreOutOfRange() {
    let smooth = #expect(throws: ParameterErrors.self) {
      try SmoothL1Loss(["sigma": 0, "beta": -1])
    }
    #expect(
      smooth?.description == """
        smooth_l1: "beta" is -1; expected ≥ 0
        smooth_l1: "sigma" is 0; expected > 0
        """)
    let huber = #expect(throws: ParameterErrors.self) { try HuberLoss(["delta": 0]) }
    #expect(huber?.description == "huber: \"delta\" is 0; expected > 0")
    let l1 = #expect(throws: ParameterErrors.self) { try L1Loss(["beta": 0]) }
    #expect(l1?.description == "l1: \"beta\" is unknown; l1 has no parameters")
  }
}
