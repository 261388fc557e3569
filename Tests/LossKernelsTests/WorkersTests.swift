import LossKernels
import SeededNumbers
import Synchronization
import Testing

@Suite struct WorkersTests {
  @Test(arguments: [(-3, 1), (0, 1), (1, 1), (7, 7)])
  func areAtLeastOne(asked: Int, count: Int) {
    #expect(Workers(asked).count == count)
  }

  @Test func standardHasAThread() {
    #expect(Workers.standard.count >= 1)
  }

  @Test(
    arguments: [
      ([:], nil), (["LOSSKIT_THREADS": "1024", "LOSSKIT_ISA": "avx2"], nil),
      (["LOSSKIT_THREADS": "", "LOSSKIT_ISA": ""], nil),
      (
        ["LOSSKIT_THREADS": "0"],
        #"LOSSKIT_THREADS is "0"; expected an integer from 1 to 1024, or leave it unset"#
      ),
      (
        ["LOSSKIT_THREADS": "1025"],
        #"LOSSKIT_THREADS is "1025"; expected an integer from 1 to 1024, or leave it unset"#
      ),
      (
        ["LOSSKIT_ISA": "AVX2"],
        #"LOSSKIT_ISA is "AVX2"; expected one of baseline, avx2, avx512, or leave it unset"#
      ),
    ] as [([String: String], String?)])
  func tellWhatIsWrongWithTheEnvironment(_ environment: [String: String], problem: String?) {
    #expect(Workers.problem(inEnvironment: { environment[$0] }) == problem)
  }

  /// Numbers of very different size, so that another order of adding gives another sum.
  private func predictions(_ count: Int) -> [Float] {
    var generator = SeededGenerator(seed: 3)
    return (0..<count).map { _ in
      Float.random(in: -1...1, using: &generator)
        * Float(sign: .plus, exponent: Int.random(in: -30...30, using: &generator), significand: 1)
    }
  }

  @Test(arguments: [0, 1, 15, 16, 17, 1023, 1024, 1025, 50_003])
  func doNotChangeABit(rows: Int) {
    let predictions = predictions(rows * 2)
    let results = [1, 2, 3, 8].map { workers in
      var gradient: [Float]? = predictions
      let totals = forEachBlock(
        of: RowSelection(rows: rows, width: 2), in: predictions, addingGradientTo: &gradient,
        on: Workers(workers)
      ) { _, block, _, gradient in
        var sum = 0.0
        for index in block.indices {
          gradient[index] = block[index] * 0.3
          sum += Double(block[index])
        }
        return sum
      }
      return (
        totals?.value.bitPattern, totals?.squaredGradient.bitPattern,
        gradient.map { $0.map(\.bitPattern) }
      )
    }
    for result in results {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
      #expect(result.2 == results[0].2)
    }
  }

  @Test(arguments: [1, 2, 3])
  func takeTheSameBlocksOnceEach(workers: Int) {
    let blocks = Mutex<[Range<Int>]>([])
    var gradient: [Float]?
    _ = forEachBlock(
      of: RowSelection(rows: 10_000, width: 3), in: [Float](repeating: 0, count: 30_000),
      addingGradientTo: &gradient, on: Workers(workers)
    ) { rows, _, _, _ in
      blocks.withLock { $0.append(rows) }
      return 0
    }
    let sorted = blocks.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } }
    #expect(sorted.flatMap { $0 } == Array(0..<10_000))
    #expect(sorted.dropLast().allSatisfy { $0.count == sorted[0].count })
  }
}
