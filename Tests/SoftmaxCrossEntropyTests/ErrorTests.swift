import LossKit
import TestSupport
import Testing

@Suite struct ErrorTests {
  private func message(
    _ parameters: [String: ParameterValue], classes: [Int], width: Int, reduction: Reduction
  ) throws -> String? {
    let loss = try SoftmaxCrossEntropyLoss(parameters)
    let logits = try Tensor<Float>(repeating: 0, shape: [classes.count, width])
    let error = #expect(throws: InputError.self) {
      try loss.evaluate(logits, targets: .classes(classes), reduction: reduction)
    }
    return error?.description
  }

  @Test(arguments: Reduction.allCases)
  func thereIsNotAWeightForEachClass(reduction: Reduction) throws {
    for (weights, count) in [([1, 2], 2), ([1, 2, 3, 4], 4), ([1], 1)] as [(ParameterValue, Int)] {
      #expect(
        try message(["class_weights": weights], classes: [2], width: 3, reduction: reduction)
          == "class_weights: has \(count) weights for 3 columns")
    }
  }

  @Test(arguments: Reduction.allCases)
  func aClassIsOutOfRange(reduction: Reduction) throws {
    #expect(
      try message(["class_weights": [1, 2, 3]], classes: [0, 3], width: 3, reduction: reduction)
        == "targets row 1: class 3 is out of range; expected 0 to 2, or -100 for a row to leave out"
    )
    #expect(
      try message(["ignore_index": 255], classes: [255, -1], width: 3, reduction: reduction)
        == "targets row 1: class -1 is out of range; expected 0 to 2, or 255 for a row to leave out"
    )
  }

  @Test func parametersAreOutOfRange() throws {
    let error = #expect(throws: ParameterErrors.self) {
      try SoftmaxCrossEntropyLoss(
        ["class_weights": [1, -1], "label_smoothing": 1.5, "ignore_index": 0.5])
    }
    #expect(
      error?.description == """
        softmax_cross_entropy: "class_weights" is -1; expected ≥ 0
        softmax_cross_entropy: "label_smoothing" is 1.5; expected 0 … 1
        softmax_cross_entropy: "ignore_index" is 0.5; expected integer
        """)
  }
}
