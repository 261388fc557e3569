import LossCore
import ResourceLimits
import Testing

/// How many priors feature maps may hold, and one more.
@Suite struct PriorCountTests {
  private func count(_ maps: [[Int]], perCell: [Int], images: Int = 1) throws -> Int {
    try maps.map { FeatureMap(height: $0[0], width: $0[1]) }
      .priorCount(perCell: perCell, images: images, at: "here")
  }

  @Test func addsUpTheLevels() throws {
    #expect(try count([], perCell: []) == 0)
    #expect(try count([[2, 3], [1, 5]], perCell: [3, 7], images: 9) == 53)
    #expect(try count([[0, 3], [1, 5]], perCell: [3, 7]) == 35)
  }

  @Test func countsUpToTheLimit() throws {
    let most = Limits.priors
    #expect(try count([[most, 1]], perCell: [1]) == most)
    #expect(try count([[1, most / 8]], perCell: [2], images: 4) == most / 4)
    #expect(try count([[most, 0]], perCell: [1]) == 0)
    #expect(try count([[1, most - 1], [1, 1]], perCell: [1, 1]) == most)
  }

  @Test(
    arguments: [
      ([[1, Limits.priors + 1]], [1], 1), ([[1, Limits.priors]], [1], 2),
      ([[1, Limits.priors], [1, 1]], [1, 1], 1), ([[Limits.priors + 1, 0]], [1], 1),
      ([[0, .max]], [9], 1), ([[.max, .max]], [.max], .max), ([[1 << 32, 1 << 32]], [1], 1),
    ] as [([[Int]], [Int], Int)])
  func refusesMore(maps: [[Int]], perCell: [Int], images: Int) {
    let error = #expect(throws: InputError.self) {
      try count(maps, perCell: perCell, images: images)
    }
    #expect(error?.place == "here")
    #expect(
      error?.problem.hasSuffix("expected 33554432 priors at most, in all images together") == true)
  }
}
