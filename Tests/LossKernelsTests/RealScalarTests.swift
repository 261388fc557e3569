import LossKernels
import SeededNumbers
import Testing

@Suite struct RealScalarTests {
  private func edges<Scalar: RealScalar>(_: Scalar.Type) {
    #expect(Scalar.exp(0) == 1)
    #expect(Scalar.exp(-.infinity) == 0)
    #expect(Scalar.exp(.infinity) == .infinity)
    #expect(Scalar.exp(.nan).isNaN)
    #expect(Scalar.exp(-1e4) == 0)
    #expect(Scalar.exp(1e4) == .infinity)

    #expect(Scalar.log(1) == 0)
    #expect(Scalar.log(0) == -.infinity)
    #expect(Scalar.log(.infinity) == .infinity)
    #expect(Scalar.log(-1).isNaN)
    #expect(Scalar.log(.nan).isNaN)

    #expect(Scalar.log1p(0) == 0)
    #expect(Scalar.log1p(-1) == -.infinity)
    #expect(Scalar.log1p(.infinity) == .infinity)
    #expect(Scalar.log1p(-2).isNaN)
    #expect(Scalar.log1p(.nan).isNaN)
    #expect(Scalar.log1p(.leastNormalMagnitude) == .leastNormalMagnitude)
  }

  @Test func followIEEE754AtTheEdges() {
    edges(Float.self)
    edges(Double.self)
  }

  /// Two units in the last place; the C libraries promise one.
  private func isClose(_ float: Float, _ double: Double) -> Bool {
    abs(Double(float) - double) <= 2 * Double(Float(double).ulp)
  }

  @Test func floatFollowsDouble() {
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<20_000 {
      let x = Float.random(in: -87...87, using: &generator)
      #expect(isClose(Float.exp(x), Double.exp(Double(x))))
      let magnitude = Float.exp(x)
      #expect(isClose(Float.log(magnitude), Double.log(Double(magnitude))))
      #expect(isClose(Float.log1p(magnitude), Double.log1p(Double(magnitude))))
    }
  }
  @Test func exponentialOfADifferenceKeepsItsDigits() {
    var generator = SeededGenerator(seed: 5)
    var worstOfTheNaiveForm = 0.0
    for _ in 0..<20_000 {
      let a = Float.random(in: -40...40, using: &generator)
      let b = Float.random(in: -40...40, using: &generator)
      let expected = Double.exp(Double(a) - Double(b))
      #expect(isClose(Float.exp(a, minus: b), expected))
      worstOfTheNaiveForm = max(
        worstOfTheNaiveForm, abs(Double(Float.exp(a - b)) - expected) / expected)
    }
    #expect(worstOfTheNaiveForm > 1e-6)
  }

  @Test func exponentialOfADifferenceAtTheEdges() {
    #expect(Float.exp(3, minus: 3) == 1)
    #expect(Float.exp(0, minus: 1e4) == 0)
    #expect(Float.exp(-3e38, minus: 3e38) == 0)
    #expect(Double.exp(-1e308, minus: 1e308) == 0)
    #expect(Float.exp(3e38, minus: -3e38) == .infinity)
    #expect(Float.exp(100, minus: 0) == .infinity)
    #expect(Float.exp(1e-30, minus: -1e-30) == 1)
    #expect(Float.exp(.nan, minus: 0).isNaN)
    #expect(Float.exp(0, minus: .nan).isNaN)
    #expect(Float.exp(-.infinity, minus: 0) == 0)
    #expect(Float.exp(0, minus: .infinity) == 0)
  }
}
