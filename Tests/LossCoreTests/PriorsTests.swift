import LossCore
import Testing

/// Priors and the levels that they lie on.
@Suite struct PriorsTests {
  private let boxes = (0..<5).map { Box(Float($0), 0, Float($0) + 1, 1) }

  private func priors(_ counts: [Int]) throws -> Priors {
    try Priors(boxes, levels: counts.map { Priors.Level(count: $0, stride: 8) })
  }

  @Test func withoutLevelsAllLieOnOne() {
    let priors = Priors(boxes)
    #expect(priors.levels == [Priors.Level(count: 5)])
    #expect(priors.levels[0].stride == nil)
    #expect(priors.ranges == [0..<5])
    #expect(priors.count == 5)
    #expect(Priors([]).ranges == [0..<0])
  }

  @Test func rangesFollowEachOther() throws {
    #expect(try priors([5]).ranges == [0..<5])
    #expect(try priors([2, 0, 3]).ranges == [0..<2, 2..<2, 2..<5])
    #expect(try priors([0, 5, 0]).ranges == [0..<0, 0..<5, 5..<5])
    #expect(try Priors([], levels: []).ranges.isEmpty)
    #expect(try Priors([], levels: [Priors.Level(count: 0)]).ranges == [0..<0])
  }

  @Test(
    arguments: [
      [], [4], [6], [2, 2], [3, 3], [6, -1], [-1, 6], [.max, .max, 7], [.min, 5],
    ])
  func levelsThatDontAddUpAreRefused(counts: [Int]) {
    let error = #expect(throws: InputError.self) { try priors(counts) }
    #expect(
      error?.description
        == "priors: levels of \(counts) priors; expected numbers that add up to 5")
  }
}
