import LossKit
import TestSupport
import Testing

@Suite struct ReferenceTests {
  private static let cases = Result { try LossCase.all(module: "SmoothL1") }

  @Test func areComplete() throws {
    let counts = try Self.cases.get().reduce(into: [:]) { $0[$1.loss, default: 0] += 1 }
    #expect(
      counts == ["smooth_l1": 34, "huber": 16, "l1": 14, "l2": 14])
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
