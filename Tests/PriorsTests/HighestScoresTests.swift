import LossKit
import TestSupport
import Testing

/// Which boxes a proposal layer takes by their scores.
struct HighestScoresTests {
  /// Scores that tie often, with both zeros, among numbers of every size.
  func scores(_ count: Int, using random: inout SeededGenerator) -> [Float] {
    let common: [Float] = [0, -0.0, 1, -1, 0.5, .leastNonzeroMagnitude, -.greatestFiniteMagnitude]
    return (0..<count).map { index in
      index % 3 == 0
        ? Float.random(in: -8...8, using: &random)
        : common.randomElement(using: &random) ?? 0
    }
  }

  @Test(arguments: [0, 1, 2, 63, 400], [1, 2, 17, 200, 1000])
  func `the best are the first of a sorted list, ties in the order of the priors`(
    count: Int, limit: Int
  ) throws {
    var random = SeededGenerator(seed: 41)
    let levels = [count, count / 2]
    let scores = scores(count + count / 2, using: &random)
    // A box for each prior, all apart.
    let boxes = scores.indices.map { index in
      let x = Float(index % 25) * 4
      let y = Float(index / 25) * 4
      return Box(x, y, x + 2, y + 2)
    }
    let layer = try ProposalLayer([
      "pre_nms_count": .integer(limit), "post_nms_count": .integer(limit), "min_size": 0,
    ])
    let ranks = [0..<count, count..<scores.count].flatMap { level in
      level.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }.prefix(limit)
    }
    let best = ranks.enumerated().sorted {
      let (first, second) = (scores[$0.element], scores[$1.element])
      return first == second ? $0.offset < $1.offset : first > second
    }
    #expect(
      layer.propose(
        try ScoredBoxes(boxes: boxes, scores: scores, levels: levels),
        imageSize: ImageSize(height: 1000, width: 1000))
        == best.prefix(limit).map { boxes[$0.element] })
  }
}
