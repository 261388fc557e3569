import LossCore
import Testing

@Suite struct EvaluateErrorTests {
  private func tensor(_ shape: [Int], _ value: Float = 0.5) throws -> Tensor<Float> {
    try Tensor(repeating: value, shape: shape)
  }

  private func expect(
    _ loss: some Loss, _ predictions: Tensor<Float>, _ targets: LossTargets<Float>,
    weights: Tensor<Float>? = nil, insideWeights: Tensor<Float>? = nil,
    says message: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    for reduction in Reduction.allCases {
      let error = #expect(throws: InputError.self, sourceLocation: sourceLocation) {
        try loss.evaluate(
          predictions, targets: targets, weights: weights, insideWeights: insideWeights,
          reduction: reduction)
      }
      #expect(error?.description == message, sourceLocation: sourceLocation)
    }
  }

  @Test func predictionsAreNotAMatrix() throws {
    for shape in [[], [4], [2, 2, 1]] {
      expect(
        try SquareLoss(), try tensor(shape), .dense(try tensor(shape)),
        says: "predictions: shape \(shape) is not [rows, width]")
    }
  }

  @Test func targetsHaveAnotherShape() throws {
    for shape in [[3, 2], [2, 4], [6], []] {
      expect(
        try SquareLoss(), try tensor([2, 3]), .dense(try tensor(shape)),
        says: "targets: shape \(shape); expected [2, 3]")
    }
    for classes in [[0], [0, 1, 0]] {
      expect(
        try PickLoss(), try tensor([2, 3]), .classes(classes),
        says: "targets: has \(classes.count) classes for 2 rows")
    }
  }

  @Test func targetsAreOfTheWrongKind() throws {
    expect(
      try PickLoss(), try tensor([2, 3]), .dense(try tensor([2, 3])),
      says: "targets: pick takes class indices, not dense targets")
  }

  @Test(arguments: [(3, "3"), (8, "8"), (-1, "-1"), (10, "10")])
  func classIsOutOfRange(target: Int, text: String) throws {
    expect(
      try PickLoss(), try tensor([3, 3]), .classes([0, 9, target]),
      says: "targets row 2: class \(text) is out of range; expected 0 to 2, "
        + "or 9 for a row to leave out")
  }

  @Test func classIsOutOfRangeOfAOneHotRow() throws {
    expect(
      try SquareLoss(), try tensor([2, 3]), .classes([3, 4]),
      says: "targets row 1: class 4 is out of range; expected 0 (background) to 3")
  }

  @Test(arguments: [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func inputIsNotFinite(value: Float, text: String) throws {
    let fine = try tensor([2, 3])
    var bad = fine
    bad.withMutableElements { $0[4] = value }
    expect(
      try SquareLoss(), bad, .dense(fine),
      says: "predictions row 1, column 1: \(text) is not finite")
    expect(
      try PickLoss(), bad, .classes([0, 0]),
      says: "predictions row 1, column 1: \(text) is not finite")
    expect(
      try SquareLoss(), fine, .dense(bad), says: "targets element 4: \(text) is not finite")
    expect(
      try SquareLoss(), fine, .dense(fine), weights: bad,
      says: "weights element 4: \(text) is not finite")
    expect(
      try SquareLoss(), fine, .dense(fine), weights: Tensor([1, value]),
      says: "weights element 1: \(text) is not finite")
    expect(
      try SquareLoss(), fine, .dense(fine), insideWeights: bad,
      says: "inside weights element 4: \(text) is not finite")
  }

  @Test func weightsHaveAnotherShape() throws {
    let x = try tensor([2, 3])
    expect(
      try SquareLoss(), x, .dense(x), weights: Tensor([1, 1, 1]),
      says: "weights: shape [3]; expected [2]")
    for shape in [[3, 2], [2, 1], [], [2, 3, 1]] {
      expect(
        try SquareLoss(), x, .dense(x), weights: try tensor(shape),
        says: "weights: shape \(shape); expected [2, 3]")
    }
    expect(
      try SquareLoss(), x, .dense(x), insideWeights: Tensor([1, 1]),
      says: "inside weights: shape [2]; expected [2, 3]")
  }

  @Test func weightsAreForElementsButValuesForRows() throws {
    let x = try tensor([2, 3])
    expect(
      try PickLoss(), x, .classes([0, 1]), weights: x,
      says: "weights: one an element, but pick has one value a row; give one weight a row")
    expect(
      try ProductLoss(), x, .dense(x), weights: x,
      says: "weights: one an element, but product has one value a row; give one weight a row")
  }

  @Test func insideWeightsMeetNoDifference() throws {
    let x = try tensor([2, 3])
    expect(
      try ProductLoss(), x, .dense(x), insideWeights: x,
      says: "inside weights: multiply prediction − target, which product doesn't read")
    expect(
      try PickLoss(), x, .classes([0, 1]), insideWeights: x,
      says: "inside weights: multiply prediction − target, which pick doesn't read")
  }
}
