import CommandLineKit
import SeededNumbers
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1, "1"), (-2.5, "-2.5"), (0.6931471805599453, "0.693147"),
    (123456.7, "123457"), (1_234_567, "1.23457e+06"), (0.0001, "0.0001"), (0.00001, "1e-05"),
    (1.5e-7, "1.5e-07"), (-Double.leastNonzeroMagnitude, "-4.94066e-324"),
    (.greatestFiniteMagnitude, "1.79769e+308"),
    (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (-.nan, "nan"), (0.9999999, "1"),
  ])
  func sixDigits(value: Double, text: String) {
    #expect(value.formatted(significant: 6) == text)
  }

  @Test func digits() {
    #expect((2.0 / 3).formatted(significant: 1) == "0.7")
    #expect((2.0 / 3).formatted(significant: 17) == "0.66666666666666663")
    #expect((2.0 / 3).formatted(significant: 99) == "0.66666666666666663")
    #expect((2.0 / 3).formatted(significant: -3) == "0.7")
    #expect(Float(0.1).formatted(significant: 6) == "0.1")
  }

  @Test func seventeenDigitsReadBackEqual() {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      #expect(Double(value.formatted(significant: 17)) == value)
    }
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (-1000, "-1,000"), (-999, "-999"),
    (1_234_567, "1,234,567"), (Int.min, "-9,223,372,036,854,775,808"),
  ])
  func thousands(value: Int, text: String) {
    #expect(value.grouped == text)
  }
}
