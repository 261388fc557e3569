import LossKit
import Testing

struct ExampleTests {
  private func evaluate(
    _ loss: some DenseLoss, _ rows: [Double], _ targets: [Double]
  ) throws -> LossResult<Double> {
    try loss.evaluate(
      try Tensor(shape: [1, rows.count], elements: rows),
      targets: .dense(try Tensor(shape: [1, rows.count], elements: targets)))
  }

  /// Halves against 1, 1, 0, 0: they share 1, of 1 + 2 in squares and of 2 + 2.
  @Test func `what two sets share`() throws {
    let zeros = [0.0, 0, 0, 0]
    let targets = [1.0, 1, 0, 0]
    let dice = try evaluate(try DiceLoss(["eps": 1e-30]), zeros, targets).value
    #expect(abs(dice - (1 - 2.0 / 3)) < 1e-15)
    let naive = try evaluate(try DiceLoss(["eps": 1, "naive": true]), zeros, targets).value
    #expect(abs(naive - (1 - 3.0 / 5)) < 1e-15)
    // One true positive, one false positive, one false negative.
    let tversky = try evaluate(try TverskyLoss(["eps": 1e-30]), zeros, targets).value
    #expect(abs(tversky - 0.5) < 1e-15)
  }

  @Test func `nothing in both sets, and logits without end`() throws {
    for loss in [
      try DiceLoss(), try DiceLoss(["naive": true]), try TverskyLoss(),
    ] as [any DenseLoss] {
      let empty = try loss.evaluate(
        try Tensor(shape: [1, 2], elements: [-1e4, -1e4]),
        targets: .dense(try Tensor(shape: [1, 2], elements: [0.0, 0])))
      // V-Net's form has no eps above, and a loss of 1 for two empty sets.
      #expect(empty.value == (loss is TverskyLoss || empty.value == 0 ? 0 : 1))
      let sure = try loss.evaluate(
        try Tensor(shape: [1, 2], elements: [1e4, -1e4]),
        targets: .dense(try Tensor(shape: [1, 2], elements: [0.0, 1])))
      #expect(abs(sure.value - 1) < 2e-3)
      #expect(sure.gradient?.elements.allSatisfy(\.isFinite) == true)
    }
  }
}
