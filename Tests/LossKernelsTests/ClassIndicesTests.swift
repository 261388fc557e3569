import LossKernels
import SeededNumbers
import Testing

@Suite struct ClassIndicesTests {
  @Test(arguments: [0, 1, 15, 16, 17, 1003])
  func `classes within the range are narrowed`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let classes = (0..<count).map { _ in Int.random(in: 0...80, using: &generator) }
    #expect(narrowed(classes.span, highest: 80) == classes.map { Int32($0) })
  }

  @Test(arguments: [-1, 81, Int.min, Int.max, Int(Int32.max) + 1, 1 << 32, -1 << 32])
  func `one class beyond the range is found anywhere`(outside: Int) {
    for place in [0, 7, 33, 99] {
      var classes = [Int](repeating: 80, count: 100)
      classes[place] = outside
      #expect(narrowed(classes.span, highest: 80) == nil)
    }
  }

  @Test func `no class is more than 32 bits hold`() {
    #expect(narrowed([Int(Int32.max)].span, highest: Int.max) == [Int32.max])
    #expect(narrowed([Int(Int32.max) + 1].span, highest: Int.max) == nil)
    #expect(narrowed([0].span, highest: -1) == nil)
  }

  @Test(arguments: [0, 1, 16, 17, 1003])
  func `numbers are counted`(count: Int) {
    var generator = SeededGenerator(seed: UInt64(count))
    let numbers = (0..<count).map { _ in Int.random(in: -2...2, using: &generator) }
    #expect(LossKernels.count(of: -1, in: numbers.span) == numbers.filter { $0 == -1 }.count)
  }
}
