import ResourceLimits
import Testing

@Suite struct ProductTests {
  @Test(
    arguments: [
      ([], 1), ([7], 7), ([2, 3, 5], 30), ([4, 0, 9], 0), ([1 << 31, 1 << 31], 1 << 62),
      ([.max], .max), ([.max, 1], .max),
    ] as [([Int], Int)])
  func multiplies(factors: [Int], expected: Int) {
    #expect(product(of: factors) == expected)
  }

  @Test(
    arguments: [
      [-1], [0, -1], [-1, -1], [.min], [.max, 2], [1 << 31, 1 << 32], [1 << 40, 1 << 40],
    ] as [[Int]])
  func hasNoneThatIsNegativeOrOverflows(factors: [Int]) {
    #expect(product(of: factors) == nil)
  }
}
