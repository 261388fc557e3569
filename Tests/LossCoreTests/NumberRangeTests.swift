import LossCore
import Testing

@Suite struct NumberRangeTests {
  @Test(
    arguments: [
      (.any, [-1e308, 0, 1e308], []),
      (.atLeast(0), [0, 1e308], [-1e-300]),
      (.above(0), [1e-300, 1], [0, -1]),
      (.between(-1, 1), [-1, 0, 1], [-(1.0.nextUp), 1.0.nextUp]),
    ] as [(NumberRange, [Double], [Double])])
  func knowsItsBounds(range: NumberRange, inside: [Double], outside: [Double]) {
    for number in inside { #expect(range.contains(number)) }
    for number in outside + [.infinity, -.infinity, .nan] { #expect(!range.contains(number)) }
  }

  @Test(
    arguments: [
      (.atLeast(-0x1p63), "≥ -9.223372036854776e+18"), (.any, "any"), (.atLeast(0), "≥ 0"),
      (.above(-0.5), "> -0.5"), (.between(0, 1), "0 … 1"),
    ] as [(NumberRange, String)])
  func readsAsMathematics(range: NumberRange, text: String) {
    #expect(range.description == text)
  }
}
