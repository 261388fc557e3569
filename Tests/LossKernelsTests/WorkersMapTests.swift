import LossKernels
import Testing

struct WorkersMapTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1000], [1, 2, 3])
  func `each index is transformed once, in its place`(count: Int, workers: Int) {
    for size in [1, 7, 16, 2000] {
      let result = Workers(workers).map(below: count, inBlocksOf: size) { [$0, $0 * $0] }
      #expect(result == (0..<count).map { [$0, $0 * $0] })
    }
  }

  @Test func `no indices, no blocks`() {
    #expect(Workers(2).map(below: -3) { $0 }.isEmpty)
    #expect(Workers(2).map(below: 3, inBlocksOf: 0) { $0 } == [0, 1, 2])
  }
}
