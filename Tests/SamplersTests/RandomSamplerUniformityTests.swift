import LossKit
import Testing

/// Whether every prior, and every set of priors, is as likely as any other.
///
/// Chi-square statistics of fixed seeds; the bounds are the 0.1 % and 99.9 % quantiles, so that draws
/// that are too even fail as well.
struct RandomSamplerUniformityTests {
  /// What tells one draw from the next.
  enum Key: CaseIterable {
    case seed, stage, image, draw
  }

  func sample(
    _ key: Key, _ number: Int, count: Int, fraction: Double, of assignment: Assignment
  ) throws -> Sample {
    try RandomSampler([
      "count": .integer(count), "positive_fraction": .number(fraction),
      "seed": .integer(key == .seed ? number : 41),
    ]).sample(
      assignment,
      SampleRequest(
        stage: key == .stage ? "stage \(number)" : "rpn", image: key == .image ? number : 0,
        step: key == .draw ? number : 0))
  }

  /// Draws without replacement: n − 1 over n of Σ (O − E)² / (E (1 − p)) is chi-square of n − 1.
  @Test(arguments: Key.allCases)
  func `every prior is drawn equally often`(key: Key) throws {
    let draws = 1000
    let candidates = 20
    let count = 5
    var drawn = [Int](repeating: 0, count: 2 * candidates)
    for number in 0..<draws {
      let sample = try sample(
        key, number, count: 2 * count, fraction: 0.5,
        of: Assignment(positives: candidates, negatives: candidates))
      for prior in sample.positives + sample.negatives { drawn[prior] += 1 }
    }
    let share = Double(count) / Double(candidates)
    let expected = Double(draws) * share
    for part in [drawn.prefix(candidates), drawn.suffix(candidates)] {
      #expect(part.reduce(0, +) == draws * count)
      let squares = part.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
      let n = Double(candidates)
      let statistic = squares / (expected * (1 - share)) * (n - 1) / n
      #expect(statistic > 5.407 && statistic < 43.82)
    }
  }

  @Test(arguments: Key.allCases)
  func `every pair of six priors is drawn equally often`(key: Key) throws {
    let draws = 1500
    var drawn: [[Int]: Int] = [:]
    for number in 0..<draws {
      let sample = try sample(
        key, number, count: 2, fraction: 0, of: Assignment(positives: 0, negatives: 6))
      drawn[sample.negatives, default: 0] += 1
    }
    #expect(drawn.count == 15)
    let expected = Double(draws) / 15
    let statistic = drawn.values.reduce(0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    #expect(statistic > 3.041 && statistic < 36.12)
  }
}
