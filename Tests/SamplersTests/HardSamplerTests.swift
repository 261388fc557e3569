import LossKit
import TestSupport
import Testing

/// Samplers that take the priors with the largest losses.
struct HardSamplerTests {
  private let assignment = Assignment(matches: [0, -1, -1, -2, 1, -1, -1, -1])
  private let losses: [Float] = [1, 5, 2, 9, 3, 2, 7, 0]

  private func request(_ losses: [Float]) -> SampleRequest {
    SampleRequest(stage: "rpn", image: 1, rowLosses: losses)
  }

  @Test(
    arguments: [
      (["ratio": 1], [1, 6]), (["ratio": 1.5], [1, 2, 6]), (["ratio": 2.4], [1, 2, 5, 6]),
      ([:], [1, 2, 5, 6, 7]), (["ratio": 0], []), (["ratio": 0, "minimum": 1], [6]),
      (["ratio": 1e300], [1, 2, 5, 6, 7]), (["ratio": 1, "minimum": 100], [1, 2, 5, 6, 7]),
    ] as [([String: ParameterValue], [Int])])
  func `all positives and the hardest background`(
    parameters: [String: ParameterValue], negatives: [Int]
  ) throws {
    let sample = try HardNegativeSampler(parameters).sample(assignment, request(losses))
    #expect(sample == Sample(positives: [0, 4], negatives: negatives))
  }

  @Test(
    arguments: [
      (["count": 4, "positive_fraction": 0.25], [4], [1, 2, 6]),
      (["count": 3, "positive_fraction": 1], [0, 4], [6]),
      (["count": 4, "positive_fraction": 0], [], [1, 2, 5, 6]),
      ([:], [0, 4], [1, 2, 5, 6, 7]),
    ] as [([String: ParameterValue], [Int], [Int])])
  func `the hardest of both, with a share of positives`(
    parameters: [String: ParameterValue], positives: [Int], negatives: [Int]
  ) throws {
    // Prior 6 is the hardest, then 1, then 2 and 5 alike.
    let sample = try OHEMSampler(parameters).sample(assignment, request(losses))
    #expect(sample == Sample(positives: positives, negatives: negatives))
  }

  @Test func `losses must be there`() throws {
    for sampler in [try HardNegativeSampler(), try OHEMSampler()] as [any Sampler] {
      #expect {
        try sampler.sample(assignment, request([1, 2]))
      } throws: {
        "\($0)"
          == "stage rpn, image 1, sampler: reads the loss of each prior, of which there are 2"
      }
    }
  }
}

/// A sampler whose background is spread over its overlaps.
struct IoUBalancedSamplerTests {
  /// 20 positives, then background: 900 that overlap nothing, 60 by 0.3, 40 by 0.6; all overlaps under 0.9.
  private let assignment = Assignment(
    matches: Array(repeating: 0, count: 20) + Array(repeating: -1, count: 1000),
    overlaps: Array(repeating: 0.9, count: 20) + Array(repeating: 0, count: 900)
      + Array(repeating: 0.4, count: 60) + Array(repeating: 0.7, count: 40))

  private func counts(_ sample: Sample) -> [Int] {
    [20..<920, 920..<980, 980..<1020].map { range in sample.negatives.filter(range.contains).count }
  }

  @Test func `each range of overlaps gives its share`() throws {
    let sampler = try IoUBalancedSampler(["count": 100, "positive_fraction": 0.1])
    var seen: Set<[Int]> = []
    for step in 0..<20 {
      let sample = try sampler.sample(assignment, SampleRequest(stage: "rcnn", step: step))
      #expect(sample.positives.count == 10)
      #expect(counts(sample) == [30, 30, 30])
      #expect(sample.negatives == sample.negatives.sorted())
      seen.insert(sample.negatives)
    }
    #expect(seen.count == 20)
  }

  @Test func `what a range lacks is drawn from the rest`() throws {
    let sampler = try IoUBalancedSampler(["count": 310, "positive_fraction": 0])
    let sample = try sampler.sample(assignment, SampleRequest(stage: "rcnn"))
    #expect(sample.negatives.count == 310)
    // 103 of the first range, all 60 and all 40, and what is missing of the first again.
    #expect(counts(sample) == [210, 60, 40])
    let all = try IoUBalancedSampler(["count": 5000]).sample(
      assignment, SampleRequest(stage: "rcnn"))
    #expect(all == Sample(everyPriorOf: assignment))
  }

  @Test func `overlaps must be there`() throws {
    #expect {
      try IoUBalancedSampler().sample(
        Assignment(matches: [0, -1]), SampleRequest(stage: "rcnn"))
    } throws: {
      "\($0)"
        == "stage rcnn, image 0, sampler: reads the overlap of each of 2 priors, of which there are 0"
    }
  }

  @Test func `it draws from an image without objects`() throws {
    let nothing = Assignment(
      matches: Array(repeating: -1, count: 50), overlaps: Array(repeating: 0, count: 50))
    let sample = try IoUBalancedSampler(["count": 10]).sample(
      nothing, SampleRequest(stage: "rcnn"))
    #expect(sample.positives.isEmpty && sample.negatives.count == 10)
  }
}
