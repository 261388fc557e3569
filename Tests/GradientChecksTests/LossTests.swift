import LossKit
import TestSupport
import Testing

@Suite("Gradients of losses")
struct LossTests {
  @Test("Every registered loss is right, whatever the seed", arguments: 0..<5)
  func registered(seed: Int) throws {
    for entry in try Registry.builtIn().losses.entries
    where entry.declaration.needsNoParameters {
      let check = try GradientCheck(try entry.make([:]), seed: UInt64(seed))
      #expect(check.isRight, "\(entry.declaration.name): \(String(describing: check.worst))")
      #expect(check.isLeftOut == (entry.declaration.name == "seesaw"))
      if check.isLeftOut { continue }
      #expect(check.derivatives >= 200)
    }
  }

  @Test(
    "A derivative that is wrong is found, however little and wherever",
    arguments: [
      TiltedLoss(factor: -1), TiltedLoss(factor: 1.001), TiltedLoss(factor: 1.00001),
      TiltedLoss(factor: 2, from: 3), TiltedLoss(factor: 0.5, from: 100), TiltedLoss(factor: .nan),
      TiltedLoss(factor: .infinity),
    ])
  func wrong(loss: TiltedLoss) throws {
    #expect(try GradientCheck(TiltedLoss(factor: 1)).isRight)
    let check = try GradientCheck(loss)
    #expect(!check.isRight)
    #expect((check.worst?.error ?? 0) > check.tolerance)
  }

  @Test("The worst derivative is told with its place")
  func place() throws {
    let worst = try #require(try GradientCheck(TiltedLoss(factor: 0.5, from: 100)).worst)
    #expect(worst.input == "extreme")
    #expect(worst.prediction > 90)
    #expect(abs(worst.derivative - 0.5 * worst.expected) < 1e-6)
  }

  @Test("At a kink every derivative between both sides is right, and no other")
  func kinks() throws {
    for derivative in [-1, -0.5, 0, 0.3, 1] {
      let check = try GradientCheck(KinkLoss(derivativeAtZero: derivative))
      #expect(check.isRight, "\(derivative)")
      #expect(check.kinks > 0)
    }
    for derivative in [-1.01, 1.5] {
      let worst = try #require(try GradientCheck(KinkLoss(derivativeAtZero: derivative)).worst)
      #expect(worst.error > 1e-3)
      #expect(worst.derivative == derivative)
      #expect(worst.expected == (derivative > 0 ? 1 : -1))
    }
  }

  @Test("Ties of the greatest column are kinks")
  func ties() throws {
    let check = try GradientCheck(MarginLoss(derivative: 1))
    #expect(check.isRight)
    #expect(check.kinks > 0)
    #expect(try !GradientCheck(MarginLoss(derivative: 1.1)).isRight)
  }

  @Test("A loss that computes in Float is measured by that")
  func singlePrecision() throws {
    let check = try GradientCheck(SinglePrecisionLoss(factor: 2))
    #expect(check.isRight)
    #expect(check.tolerance == 1e-3)
    #expect(try !GradientCheck(SinglePrecisionLoss(factor: 2.01)).isRight)
    #expect(try GradientCheck(TiltedLoss(factor: 1)).tolerance == 1e-6)
  }

  @Test("What a formula takes for a constant is held, where the loss says so")
  func constants() throws {
    #expect(try GradientCheck(HeldLoss(holdsPartConstant: true)).isRight)
    #expect(try !GradientCheck(HeldLoss(holdsPartConstant: false)).isRight)
  }
}
