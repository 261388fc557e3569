import LossKit
import TestSupport
import Testing

/// Values and gradients against those of PyTorch.
@Suite struct ReferenceTests {
  private static let cases = Result { try LossCase.all() }

  /// How many cases each loss has.
  private static let counts = [
    "softmax_cross_entropy": 72, "nll": 46, "bce": 22, "bce_with_logits": 26, "smooth_l1": 34,
    "huber": 16, "l1": 14, "l2": 14, "iou": 28, "giou": 28, "diou": 28, "ciou": 14,
    "sigmoid_focal": 26,
  ]

  @Test func everyRegisteredLossHasItsCases() throws {
    let counts = try Self.cases.get().reduce(into: [:]) { $0[$1.loss, default: 0] += 1 }
    #expect(counts == Self.counts)
    #expect(Set(counts.keys) == Set(try Registry.builtIn().losses.names))
  }

  @Test(arguments: try cases.get())
  func agreeInDouble(reference: LossCase) throws {
    let mismatches = try reference.mismatches(over: Double.self, relative: 1e-12)
    #expect(mismatches == [])
  }

  @Test(arguments: try cases.get())
  func agreeInFloat(reference: LossCase) throws {
    let mismatches = try reference.mismatches(over: Float.self, relative: 1e-6)
    #expect(mismatches == [])
  }
}
