import LossKit
import Testing

struct ExampleTests {
  private func value(
    _ loss: some DenseLoss, _ logit: Double, _ target: Double
  ) throws -> Double {
    try loss.evaluate(
      Tensor(shape: [1, 1], elements: [logit]),
      targets: .dense(Tensor(shape: [1, 1], elements: [target]))
    ).value
  }

  /// Lin et al. 2017, section 3.2: with γ = 2 a probability of 0.9 counts a hundredth of its cross-entropy,
  /// and one of 0.968 a thousandth.
  @Test func `sure rows count as little as the paper says`() throws {
    let focal = try SigmoidFocalLoss(["alpha": -1])
    let crossEntropy = try BCEWithLogitsLoss([:])
    for (probability, share) in [(0.9, 100.0), (1 - 1000.0.squareRoot() / 1000, 1000.0)] {
      let logit = Double.log(probability / (1 - probability))
      for (logit, target) in [(logit, 1.0), (-logit, 0.0)] {
        let ratio = try value(crossEntropy, logit, target) / value(focal, logit, target)
        #expect(abs(ratio / share - 1) < 1e-12)
      }
    }
  }

  @Test func `alpha weighs positives, and its rest negatives`() throws {
    let focal = try SigmoidFocalLoss(["alpha": 0.1])
    let even = try SigmoidFocalLoss(["alpha": -1])
    #expect(abs(try value(focal, 0.3, 1) / value(even, 0.3, 1) - 0.1) < 1e-15)
    #expect(abs(try value(focal, 0.3, 0) / value(even, 0.3, 0) - 0.9) < 1e-15)
  }
}
