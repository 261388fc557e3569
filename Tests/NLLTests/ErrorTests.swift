import LossKit
import TestSupport
import Testing

@Suite struct ErrorTests {
  @Test(arguments: Reduction.allCases)
  func saysWhatIsWrong(reduction: Reduction) throws {
    let x = try Tensor<Float>(repeating: -1, shape: [2, 3])
    let few = try NLLLoss(["class_weights": [1, 2]])
    #expect(throws: InputError("class_weights", "has 2 weights for 3 columns")) {
      try few.evaluate(x, targets: .classes([2, 2]), reduction: reduction)
    }
    let nll = try NLLLoss()
    #expect(
      throws: InputError(
        "targets row 1",
        "class 3 is out of range; expected 0 to 2, or -100 for a row to leave out")
    ) {
      try nll.evaluate(x, targets: .classes([0, 3]), reduction: reduction)
    }
    #expect(throws: InputError("targets", "nll takes class indices, not dense targets")) {
      try nll.evaluate(x, targets: .dense(x), reduction: reduction)
    }
  }
}
