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

  /// Li et al. 2020, equation 2: with σ = ½ and y = ¾, (¼)² log 2 on average of both answers.
  @Test func `quality focal loss is least at its target`() throws {
    let loss = try QualityFocalLoss()
    #expect(abs(try value(loss, 0, 0.75) - 0.0625 * Double.log(2)) < 1e-15)
    let sure = Double.log(3.0)
    #expect(try value(loss, sure, 0.75) < 1e-30)
    let rows = try Tensor(shape: [1, 1], elements: [sure])
    let gradient = try loss.evaluate(
      rows, targets: .dense(try Tensor(shape: [1, 1], elements: [0.75]))
    ).gradient
    #expect(abs(try #require(gradient).elements[0]) < 1e-15)
  }

  @Test func `a power of 0 is cross-entropy`() throws {
    let crossEntropy = try BCEWithLogitsLoss()
    for (logit, target) in [(0.3, 0.0), (-2, 1), (1.5, 0.25)] {
      let expected = try value(crossEntropy, logit, target)
      #expect(abs(try value(try QualityFocalLoss(["beta": 0]), logit, target) - expected) < 1e-15)
    }
    let logits = try Tensor(shape: [2, 3], elements: [0.1, 0.7, -2, 800, 0, -800])
    for (classes, _) in [([0, 2], 0), ([2, 0], 0)] {
      let focal = try SoftmaxFocalLoss(["gamma": 0]).evaluate(logits, targets: .classes(classes))
      let plain = try SoftmaxCrossEntropyLoss().evaluate(logits, targets: .classes(classes))
      #expect(abs(focal.value - plain.value) <= 1e-15 * plain.value)
      let (found, expected) = (try #require(focal.gradient), try #require(plain.gradient))
      #expect(zip(found.elements, expected.elements).allSatisfy { abs($0 - $1) < 1e-15 })
    }
  }

  /// A target above 0 weighs itself; else the probability counts.
  @Test func `varifocal loss tells positives from negatives`() throws {
    let half = Double.log(2)
    #expect(abs(try value(try VarifocalLoss(), 0, 0.5) - 0.5 * half) < 1e-15)
    #expect(abs(try value(try VarifocalLoss(["iou_weighted": false]), 0, 0.5) - half) < 1e-15)
    #expect(abs(try value(try VarifocalLoss(), 0, 0) - 0.75 * 0.25 * half) < 1e-15)
  }

  @Test(
    arguments: [
      ("quality_focal", [:]), ("quality_focal", ["beta": 0.5]), ("varifocal", [:]),
      ("varifocal", ["gamma": 0.5]), ("sigmoid_focal", ["gamma": 0.5]),
      ("quality_focal", ["activation": "none"]), ("sigmoid_focal", ["activation": "none"]),
      ("gaussian_focal", [:]), ("gaussian_focal", ["alpha": 1]),
    ] as [(String, [String: ParameterValue])])
  func `numbers come of any numbers`(name: String, parameters: [String: ParameterValue]) throws {
    let loss = try Registry.builtIn().losses[name]?.make(parameters)
    let numbers: [Float] = [-1e4, -100, -1, -1e-30, 0, 1e-30, 1e-12, 0.5, 1, 1.5, 100, 1e4]
    let targets: [Float] = [0, 1e-30, 0.5, 1]
    let result = try #require(loss).evaluate(
      try Tensor(shape: [48, 1], elements: targets.flatMap { _ in numbers }),
      targets: .dense(
        try Tensor(shape: [48, 1], elements: targets.flatMap { Array(repeating: $0, count: 12) })),
      reduction: .none)
    #expect(result.values?.elements.allSatisfy(\.isFinite) == true)
    #expect(result.gradient?.elements.allSatisfy(\.isFinite) == true)
  }
}
