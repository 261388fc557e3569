import LossCore
import Testing

/// Every number below is exact: whole numbers, and divisions by powers of two.
@Suite struct ReductionTests {
  private typealias Expected = (value: Double, values: Tensor<Float>?, gradient: [Float])

  private func expect<Part: Loss>(
    _ loss: Part, _ predictions: Tensor<Float>, _ targets: LossTargets<Float>,
    weights: Tensor<Float>? = nil, insideWeights: Tensor<Float>? = nil,
    _ reduction: Reduction, _ expected: Expected
  ) throws {
    let result = try loss.evaluate(
      predictions, targets: targets, weights: weights, insideWeights: insideWeights,
      reduction: reduction)
    #expect(result.value == expected.value)
    #expect(result.values == expected.values)
    #expect(result.gradient?.shape == predictions.shape)
    #expect(result.gradient?.elements == expected.gradient)
    let valueOnly = try loss.evaluate(
      predictions, targets: targets, weights: weights, insideWeights: insideWeights,
      reduction: reduction, gradient: false)
    #expect(valueOnly.value == expected.value)
    #expect(valueOnly.values == expected.values)
    #expect(valueOnly.gradient == nil)
  }

  private let differences = Result { try Tensor<Float>(shape: [2, 2], elements: [2, -4, 6, 8]) }
  private let zeros = Result { try Tensor<Float>(repeating: 0, shape: [2, 2]) }

  @Test func reduceElements() throws {
    let loss = try SquareLoss()
    let x = try differences.get()
    let targets = LossTargets.dense(try zeros.get())
    let values = try Tensor<Float>(shape: [2, 2], elements: [2, 8, 18, 32])
    try expect(loss, x, targets, .none, (60, values, [2, -4, 6, 8]))
    try expect(loss, x, targets, .sum, (60, nil, [2, -4, 6, 8]))
    try expect(loss, x, targets, .mean, (15, nil, [0.5, -1, 1.5, 2]))
    try expect(loss, x, targets, .weightedMean, (15, nil, [0.5, -1, 1.5, 2]))
    try expect(loss, x, targets, .sumPerRow, (60, Tensor([10, 50]), [2, -4, 6, 8]))
  }

  @Test func weighRowsOfElements() throws {
    let loss = try SquareLoss()
    let x = try differences.get()
    let targets = LossTargets.dense(try zeros.get())
    let weights = Tensor<Float>([3, 1])
    let values = try Tensor<Float>(shape: [2, 2], elements: [6, 24, 18, 32])
    try expect(loss, x, targets, weights: weights, .none, (80, values, [6, -12, 6, 8]))
    try expect(loss, x, targets, weights: weights, .sum, (80, nil, [6, -12, 6, 8]))
    try expect(loss, x, targets, weights: weights, .mean, (20, nil, [1.5, -3, 1.5, 2]))
    // A row's weight counts once for each of its two elements: 2 · (3 + 1).
    try expect(
      loss, x, targets, weights: weights, .weightedMean, (10, nil, [0.75, -1.5, 0.75, 1]))
    try expect(
      loss, x, targets, weights: weights, .sumPerRow, (80, Tensor([30, 50]), [6, -12, 6, 8]))
  }

  @Test func weighElements() throws {
    let loss = try SquareLoss()
    let x = try differences.get()
    let targets = LossTargets.dense(try zeros.get())
    let weights = try Tensor<Float>(shape: [2, 2], elements: [1, 0, 2, 5])
    let values = try Tensor<Float>(shape: [2, 2], elements: [2, 0, 36, 160])
    try expect(loss, x, targets, weights: weights, .none, (198, values, [2, 0, 12, 40]))
    try expect(loss, x, targets, weights: weights, .mean, (49.5, nil, [0.5, 0, 3, 10]))
    try expect(loss, x, targets, weights: weights, .weightedMean, (24.75, nil, [0.25, 0, 1.5, 5]))
    try expect(
      loss, x, targets, weights: weights, .sumPerRow, (198, Tensor([2, 196]), [2, 0, 12, 40]))
  }

  @Test func weighDifferences() throws {
    let loss = try SquareLoss()
    let x = try Tensor<Float>(shape: [2, 2], elements: [3, -3, 7, 9])
    let targets = LossTargets.dense(try Tensor<Float>(repeating: 1, shape: [2, 2]))
    let inside = try Tensor<Float>(shape: [2, 2], elements: [1, 2, 0, 0.5])
    // (w x)² / 2 has the derivative w² x.
    let values = try Tensor<Float>(shape: [2, 2], elements: [2, 32, 0, 8])
    try expect(loss, x, targets, insideWeights: inside, .none, (42, values, [2, -16, 0, 2]))
    try expect(loss, x, targets, insideWeights: inside, .mean, (10.5, nil, [0.5, -4, 0, 0.5]))
    // Inside weights don't count in the sum of weights, the outside weights do.
    try expect(
      loss, x, targets, weights: Tensor([1, 3]), insideWeights: inside, .weightedMean,
      (7.25, nil, [0.25, -2, 0, 0.75]))
  }

  @Test func reduceRowsWithClasses() throws {
    let loss = try PickLoss()
    let x = try Tensor<Float>(shape: [4, 2], elements: [1, 2, 3, 4, 5, 6, 7, 8])
    // Class weights 1 and 2; the third row is left out.
    let targets = LossTargets<Float>.classes([0, 1, 9, 1])
    try expect(
      loss, x, targets, .none, (25, Tensor([1, 8, 0, 16]), [1, 0, 0, 2, 0, 0, 0, 2]))
    try expect(loss, x, targets, .sum, (25, nil, [1, 0, 0, 2, 0, 0, 0, 2]))
    try expect(
      loss, x, targets, .sumPerRow, (25, Tensor([1, 8, 0, 16]), [1, 0, 0, 2, 0, 0, 0, 2]))
    let third = Float(1.0 / 3)
    try expect(
      loss, x, targets, .mean,
      (25 * (1.0 / 3), nil, [third, 0, 0, 2 * third, 0, 0, 0, 2 * third]))
    let fifth = Float(1.0 / 5)
    try expect(
      loss, x, targets, .weightedMean, (5, nil, [fifth, 0, 0, 2 * fifth, 0, 0, 0, 2 * fifth]))
    // 3 · 1 + 2 · 2 + (left out) + 0.5 · 2 = 8.
    try expect(
      loss, x, targets, weights: Tensor([3, 2, 100, 0.5]), .weightedMean,
      (27.0 / 8, nil, [0.375, 0, 0, 0.5, 0, 0, 0, 0.125]))
  }

  @Test func reduceRowsWithDenseTargets() throws {
    let loss = try ProductLoss()
    let x = try Tensor<Float>(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
    let targets = LossTargets.dense(
      try Tensor<Float>(shape: [2, 3], elements: [1, 0, 1, 2, 2, 0]))
    try expect(loss, x, targets, .none, (22, Tensor([4, 18]), [1, 0, 1, 2, 2, 0]))
    try expect(loss, x, targets, .mean, (11, nil, [0.5, 0, 0.5, 1, 1, 0]))
    try expect(
      loss, x, targets, weights: Tensor([1, 3]), .weightedMean,
      (14.5, nil, [0.25, 0, 0.25, 1.5, 1.5, 0]))
  }

  @Test func giveADenseLossOneHotRowsForClasses() throws {
    // Class 0 is the background, without a column of its own.
    let x = try Tensor<Float>(shape: [3, 2], elements: [1, 2, 3, 4, 5, 6])
    let values = try Tensor<Float>(shape: [3, 2], elements: [0.5, 2, 2, 8, 12.5, 12.5])
    try expect(
      try SquareLoss(), x, .classes([0, 1, 2]), .none, (37.5, values, [1, 2, 2, 4, 5, 5]))
  }

  @Test(arguments: Reduction.allCases)
  func areZeroWhereNothingCounts(reduction: Reduction) throws {
    let square = try SquareLoss()
    let pick = try PickLoss()
    let x = try differences.get()
    let empty = try Tensor<Float>(shape: [0, 2], elements: [])
    let results = [
      try square.evaluate(empty, targets: .dense(empty), reduction: reduction),
      try square.evaluate(
        x, targets: .dense(try zeros.get()), weights: Tensor([0, 0]), reduction: reduction),
      try square.evaluate(
        x, targets: .dense(try zeros.get()), insideWeights: try zeros.get(),
        reduction: reduction),
      try pick.evaluate(empty, targets: .classes([]), reduction: reduction),
      try pick.evaluate(x, targets: .classes([9, 9]), reduction: reduction),
      try pick.evaluate(
        x, targets: .classes([0, 1]), weights: Tensor([0, 0]), reduction: reduction),
    ]
    for result in results {
      #expect(result.value == 0)
      #expect(result.values?.elements.allSatisfy { $0 == 0 } != false)
      #expect(result.gradient?.elements.allSatisfy { $0 == 0 } == true)
    }
  }

  @Test(arguments: Reduction.allCases)
  func keepTheShapeOfWhatIsEmpty(reduction: Reduction) throws {
    let empty = try Tensor<Float>(shape: [0, 2], elements: [])
    let elements = try SquareLoss().evaluate(empty, targets: .dense(empty), reduction: reduction)
    let rows = try PickLoss().evaluate(empty, targets: .classes([]), reduction: reduction)
    #expect(elements.gradient?.shape == [0, 2])
    #expect(rows.gradient?.shape == [0, 2])
    switch reduction {
    case .none:
      #expect(elements.values?.shape == [0, 2])
      #expect(rows.values?.shape == [0])
    case .sumPerRow:
      #expect(elements.values?.shape == [0])
      #expect(rows.values?.shape == [0])
    case .sum, .mean, .weightedMean:
      #expect(elements.values == nil)
      #expect(rows.values == nil)
    }
  }

  @Test func takeRowsWithoutColumns() throws {
    let x = try Tensor<Float>(shape: [3, 0], elements: [])
    for reduction in Reduction.allCases {
      let result = try SquareLoss().evaluate(x, targets: .dense(x), reduction: reduction)
      #expect(result.value == 0)
      #expect(result.gradient == x)
    }
  }
}
