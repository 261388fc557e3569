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

  /// Parts of 2¹⁶ numbers, each looked through by a thread.
  @Test(arguments: [1, 2, 7]) func severalThreadsFindTheSame(threads: Int) {
    let workers = Workers(threads)
    func search(_ elements: [Float]) -> Int? {
      elements.withUnsafeBufferPointer { firstNonFinite($0, on: workers) }
    }
    var elements = [Float](repeating: 1, count: 200_001)
    #expect(search(elements) == nil)
    #expect(search([]) == nil)
    for place in [200_000, 131_072, 65_535, 0] {
      elements[place] = .nan
      #expect(search(elements) == place)
    }
    #expect(zeros(200_001, on: workers) as [Float] == [Float](repeating: 0, count: 200_001))
    #expect(zeros(-1, on: workers) as [Float] == [])
  }

  @Test(arguments: [1, 15, 16, 17, 33])
  func probabilitiesAreFromZeroToOne(count: Int) {
    func areAll(_ numbers: [Float]) -> Bool { areProbabilities(numbers.span) }
    for place in 0..<count {
      for number in [0, 1, .leastNonzeroMagnitude, Float(1).nextDown] {
        var numbers = [Float](repeating: 0.5, count: count)
        numbers[place] = number
        #expect(areAll(numbers), "\(number)")
      }
      for number in [-.leastNonzeroMagnitude, Float(1).nextUp, .nan, .infinity, -.infinity] {
        var numbers = [Float](repeating: 0.5, count: count)
        numbers[place] = number
        #expect(!areAll(numbers), "\(number)")
      }
    }
  }
}
