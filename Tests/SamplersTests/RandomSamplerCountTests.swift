import LossKit
import TestSupport
import Testing

/// How many priors the random sampler draws.
struct RandomSamplerCountTests {
  let request = SampleRequest(stage: "rpn")

  func counts(
    _ values: [String: ParameterValue], positives: Int, negatives: Int
  ) throws -> [Int] {
    let sample = try RandomSampler(values).sample(
      Assignment(positives: positives, negatives: negatives, ignored: 7), request)
    return [sample.positives.count, sample.negatives.count]
  }

  @Test func `positives fill their share, background the rest`() throws {
    #expect(try counts([:], positives: 1000, negatives: 1000) == [128, 128])
    let head: [String: ParameterValue] = ["count": 512, "positive_fraction": 0.25]
    #expect(try counts(head, positives: 1000, negatives: 1000) == [128, 384])
  }

  @Test func `background takes the place of missing positives, not the other way round`() throws {
    #expect(try counts([:], positives: 3, negatives: 1000) == [3, 253])
    #expect(try counts([:], positives: 1000, negatives: 5) == [128, 5])
    #expect(try counts([:], positives: 2, negatives: 1) == [2, 1])
    #expect(try counts([:], positives: 0, negatives: 0) == [0, 0])
  }

  @Test func `the share of positives is rounded down`() throws {
    let odd: [String: ParameterValue] = ["count": 7, "positive_fraction": 0.5]
    #expect(try counts(odd, positives: 9, negatives: 9) == [3, 4])
    #expect(
      try counts(["count": 1, "positive_fraction": 0.5], positives: 9, negatives: 9) == [0, 1])
  }

  @Test func `a fraction of 0 draws background alone, of 1 positives first`() throws {
    #expect(
      try counts(["count": 10, "positive_fraction": 0], positives: 20, negatives: 20) == [0, 10])
    #expect(
      try counts(["count": 10, "positive_fraction": 1], positives: 20, negatives: 20) == [10, 0])
    #expect(
      try counts(["count": 10, "positive_fraction": 1], positives: 4, negatives: 20) == [4, 6])
  }

  @Test func `the largest count there is draws everything`() throws {
    let values: [String: ParameterValue] = ["count": .integer(.max), "positive_fraction": 1]
    #expect(try counts(values, positives: 30, negatives: 40) == [30, 40])
  }

  @Test func `a sample is in order, without repetition, and of the right kind`() throws {
    var random = SeededGenerator(seed: 31)
    for _ in 0..<100 {
      let matches = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        Int32.random(in: -2...3, using: &random)
      }
      let count = Int.random(in: 1...200, using: &random)
      let fraction = Double.random(in: 0...1, using: &random)
      let sample = try RandomSampler([
        "count": .integer(count), "positive_fraction": .number(fraction),
      ]).sample(Assignment(matches: matches), request)

      #expect(zip(sample.positives, sample.positives.dropFirst()).allSatisfy { $0 < $1 })
      #expect(zip(sample.negatives, sample.negatives.dropFirst()).allSatisfy { $0 < $1 })
      #expect(sample.positives.allSatisfy { matches[$0] >= 0 })
      #expect(sample.negatives.allSatisfy { matches[$0] == Assignment.background })
      let positives = min(Int(Double(count) * fraction), matches.count { $0 >= 0 })
      #expect(sample.positives.count == positives)
      #expect(
        sample.negatives.count
          == min(count - positives, matches.count { $0 == Assignment.background }))
    }
  }

  @Test func `parameters out of range are named`() {
    let error = #expect(throws: ParameterErrors.self) {
      try RandomSampler(["count": 0, "positive_fraction": 1.5, "seed": -1])
    }
    #expect(
      error?.description == """
        random: "count" is 0; expected ≥ 1
        random: "positive_fraction" is 1.5; expected 0 … 1
        random: "seed" is -1; expected ≥ 0
        """)
  }
}
