import LossCore
import Testing

@Suite struct RandomStreamTests {
  /// The known answers that Random123 publishes for philox4x32 with 10 rounds.
  @Test(
    arguments: [
      (
        SIMD4(0, 0, 0, 0), SIMD2(0, 0),
        SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8)
      ),
      (
        SIMD4(repeating: 0xFFFF_FFFF), SIMD2(repeating: 0xFFFF_FFFF),
        SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD)
      ),
      (
        SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344), SIMD2(0xA409_3822, 0x299F_31D0),
        SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1)
      ),
    ] as [(SIMD4<UInt32>, SIMD2<UInt32>, SIMD4<UInt32>)])
  func givesTheKnownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>) {
    #expect(RandomStream.philox(counter: counter, key: key) == answer)
  }

  @Test func spreadsEvenly() {
    let stream = RandomStream(seed: 7, name: "rpn", image: 3)
    let count = 100_000
    let numbers = (0..<count).map { stream.uniform($0) }
    let mean = numbers.reduce(0, +) / Double(count)
    let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    // Five standard errors: sqrt(1/12 / n) of the mean, sqrt(1/180 / n) of the variance.
    #expect(abs(mean - 0.5) < 5 * (1.0 / 12 / Double(count)).squareRoot())
    #expect(abs(variance - 1.0 / 12) < 5 * (1.0 / 180 / Double(count)).squareRoot())
    #expect(numbers.allSatisfy { (0..<1).contains($0) })
  }

  @Test func dependsOnEveryPartOfTheKey() {
    let streams = [
      RandomStream(seed: 1), RandomStream(seed: 2), RandomStream(seed: 1 << 32 | 1),
      RandomStream(seed: 1, name: "rpn"), RandomStream(seed: 1, name: "rcnn"),
      RandomStream(seed: 1, image: 1), RandomStream(seed: 1, step: 1),
      RandomStream(seed: 1, image: 1, step: 1),
    ]
    let numbers = streams.flatMap { stream in (0..<100).map { stream.bits($0) } }
    #expect(Set(numbers).count == numbers.count)
  }

  @Test func isAFunctionOfTheIndex() {
    let stream = RandomStream(seed: 5, name: "rpn", image: 2, step: 9)
    let forwards = (0..<50).map { stream.uniform($0) }
    let backwards = (0..<50).reversed().map { stream.uniform($0) }
    #expect(forwards == backwards.reversed())
    #expect(stream == RandomStream(seed: 5, name: "rpn", image: 2, step: 9))
  }
}
