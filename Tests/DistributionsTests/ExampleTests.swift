import LossKit
import Testing

struct ExampleTests {
  private func evaluate(
    _ loss: some DenseLoss, _ rows: [Double], width: Int, _ targets: [Double], flat: Bool = true
  ) throws -> LossResult<Double> {
    let count = rows.count / width
    return try loss.evaluate(
      try Tensor(shape: [count, width], elements: rows),
      targets: .dense(
        try Tensor(shape: flat ? [count] : [count, targets.count / count], elements: targets)),
      reduction: .none)
  }

  /// A quarter of the way from bin 1 to bin 2: three quarters of the one cross-entropy, a quarter of the other.
  @Test func `a number shares its weight between two bins`() throws {
    let logits = [0.5, -1, 2, 0]
    let result = try evaluate(try DistributionFocalLoss(), logits, width: 4, [1.25])
    let logSum = Double.log(logits.reduce(0) { $0 + .exp($1) })
    let value = try #require(result.values).elements[0]
    #expect(abs(value - (0.75 * (logSum + 1) + 0.25 * (logSum - 2))) < 1e-14)
    for (column, share) in [0, 0.75, 0.25, 0].enumerated() {
      let derivative = try #require(result.gradient).elements[column]
      #expect(abs(derivative - (.exp(logits[column] - logSum) - share)) < 1e-14)
    }
    let column = try evaluate(try DistributionFocalLoss(), logits, width: 4, [1.25], flat: false)
    #expect(column.values == result.values)
  }

  @Test(arguments: [(-3, 0), (1e30, 2.9), (3, 2.9), (2.95, 2.9), (0, 0)] as [(Double, Double)])
  func `numbers outside the bins are brought to an end`(number: Double, end: Double) throws {
    let logits = [0.5, -1, 2, 0]
    let loss = try DistributionFocalLoss()
    #expect(
      try evaluate(loss, logits, width: 4, [number]).values
        == evaluate(loss, logits, width: 4, [end]).values)
    let whole = try DistributionFocalLoss(["margin": 0])
    let last = try evaluate(whole, logits, width: 4, [7]).values
    let crossEntropy = try SoftmaxCrossEntropyLoss().evaluate(
      try Tensor(shape: [1, 4], elements: logits), targets: .classes([3]))
    #expect(abs(try #require(last).elements[0] - crossEntropy.value) < 1e-15)
  }

  /// Sixty digits of decimal arithmetic, for models that hardly differ and for ones that differ beyond measure.
  @Test(
    arguments: [
      ([0.5, 1, -1], [0.4, 1.1, -1], 1e6, 1.11111175925901494e-3, 1.11111164814797362e-2),
      ([1, 2, 3], [1.000001, 2, 3], 10, 3.50405793464021342e-14, -7.00811582327859744e-8),
      ([1.0001, 2, 3], [1, 2, 3], 10, 3.50406249988811963e-10, 7.00812965759824799e-6),
      ([1, -300, 40], [1.5, 800, -2], 2, 2.26666666671197690e2, 2.26551187196456473e-9),
    ] as [([Double], [Double], Double, Double, Double)])
  func `a divergence has all digits`(
    student: [Double], teacher: [Double], temperature: Double, value: Double, derivative: Double
  ) throws {
    let loss = try KnowledgeDistillationLoss(["temperature": .number(temperature)])
    let result = try evaluate(loss, student, width: 3, teacher, flat: false)
    // The difference of the logits themselves is rounded.
    #expect(abs(result.value / value - 1) < 1e-9)
    #expect(abs(try #require(result.gradient).elements[0] / derivative - 1) < 1e-9)
  }

  @Test func `what isn't a distribution or a number is refused`() throws {
    let loss = try DistributionFocalLoss()
    for (rows, width, targets, message) in [
      (
        [0.5], 1, [0],
        "distribution_focal: reads distributions over bins; a row has 1 columns, expected 2 or more"
      ),
      ([0.5, .nan], 2, [0], "predictions row 0, column 1: nan is not finite"),
      ([0.5, 1], 2, [.infinity], "targets element 0: inf is not finite"),
      ([0.5, 1], 2, [.nan], "targets element 0: nan is not finite"),
      ([0.5, 1, 2, 3], 2, [0, 1, 2, 3], "targets: shape [2, 2]; expected [2, 1]"),
    ] as [([Double], Int, [Double], String)] {
      let error = #expect(throws: InputError.self) {
        try evaluate(loss, rows, width: width, targets, flat: targets.count == 1)
      }
      #expect(error?.description == message)
    }
  }

  @Test func `a model that knows as much as the other learns nothing`() throws {
    let loss = try KnowledgeDistillationLoss(["temperature": 4])
    let same = try evaluate(loss, [3, -1, 4], width: 3, [13, 9, 14], flat: false)
    #expect(try #require(same.values).elements[0].magnitude < 1e-14)
    #expect(try #require(same.gradient).elements.allSatisfy { abs($0) < 1e-15 })
    let far = try evaluate(loss, [1e4, -1e4, 0], width: 3, [-1e4, 1e4, 0], flat: false)
    // One is sure of what the other is sure that it isn't: 20,000 / T.
    let value = try #require(far.values).elements[0]
    #expect(abs(value - 80_000.0 / 3) < 1e-9)
  }

  /// Each right column against each wrong one: log(1 + e¹ + e² + e⁰ + e¹), with differences 1, 2, 0 and 1.
  @Test func severalColumnsAreRight() throws {
    let loss = try MultiPositiveCrossEntropyLoss()
    let result = try loss.evaluate(
      Tensor<Double>(shape: [3, 4], elements: [1, 2, 2, 3, 5, 6, 7, 8, 1e4, -1e4, -1e4, 1e4]),
      targets: .dense(
        Tensor(shape: [3, 4], elements: [1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 1])), reduction: .none)
    let values = try #require(result.values).elements
    let e = Double.exp(1)
    #expect(abs(values[0] - Double.log(1 + e + e * e + 1 + e)) < 1e-14)
    #expect(values[1] == 0 && values[2] == 0)
    #expect(result.gradient?.elements[4...].allSatisfy { $0 == 0 } == true)
  }
}
