import LossKit
import TestSupport
import Testing

/// Values and gradients against those of PyTorch.
@Suite struct ReferenceTests {
  private static let cases = Result { try LossCase.all() }

  // A loss that must be told what to compute is held against those that have cases (FormulasTests).
  @Test(
    arguments: try Registry.builtIn().losses.entries.map(\.declaration)
      .filter(\.needsNoParameters).map(\.name))
  func everyRegisteredLossHasItsCases(name: String) throws {
    #expect(
      try Self.cases.get().contains { $0.loss == name },
      "add cases to Tests/Reference/make_losses.py and make losses.safetensors again")
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
