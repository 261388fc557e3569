import LossKit
import TestSupport
import Testing

@Suite struct ReferenceTests {
  private static let cases = Result { try LossCase.all(module: "NLL") }

  @Test func areComplete() throws {
    let counts = try Self.cases.get().reduce(into: [:]) { $0[$1.loss, default: 0] += 1 }
    #expect(
      counts == ["nll": 46])
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
