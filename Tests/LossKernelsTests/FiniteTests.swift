import LossKernels
import Testing

/// The search for numbers that aren't finite.
@Suite struct FiniteTests {
  private func search<Number: RealScalar>(_ elements: [Number]) -> Int? {
    firstNonFinite(elements.span)
  }

  /// Lengths around one vector and around two.
  @Test(arguments: [1, 15, 16, 17, 31, 32, 33, 100], [Float.nan, .infinity, -.infinity])
  func theFirstIsFoundWhereverItStands(count: Int, number: Float) {
    for place in 0..<count {
      var elements = (0..<count).map { Float($0) }
      elements[place] = number
      #expect(search(elements) == place)
      #expect(search(elements.map { Double($0) }) == place)
      if place < count - 1 { elements[count - 1] = -.infinity }
      #expect(search(elements) == place, "of two the first")
    }
  }

  @Test(arguments: [0, 1, 32, 100])
  func finiteNumbersAreNoneEvenWhereTheirSumOverflows(count: Int) {
    #expect(search([Float](repeating: .greatestFiniteMagnitude, count: count)) == nil)
    #expect(search([Double](repeating: -.greatestFiniteMagnitude, count: count)) == nil)
    #expect(search([Float](repeating: .leastNonzeroMagnitude, count: count)) == nil)
  }
}
