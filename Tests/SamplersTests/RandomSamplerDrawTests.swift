import LossKit
import Testing

/// Which priors the random sampler draws.
struct RandomSamplerDrawTests {
  func draw(
    seed: Int = 0, stage: String = "rpn", image: Int = 0, step: Int = 0, count: Int = 12,
    of assignment: Assignment = .alternating(60)
  ) throws -> Sample {
    try RandomSampler(["count": .integer(count), "seed": .integer(seed)])
      .sample(assignment, SampleRequest(stage: stage, image: image, step: step))
  }

  /// Made by a separate Philox 4×32-10, held against Random123's known answers, and a separate Floyd's
  /// algorithm, both in Python.
  @Test func `draws are the same on every machine`() throws {
    #expect(
      try draw()
        == Sample(positives: [12, 24, 39, 48, 54, 57], negatives: [19, 22, 28, 37, 46, 52]))
    #expect(
      try draw(stage: "rcnn")
        == Sample(positives: [3, 12, 24, 27, 45, 51], negatives: [34, 37, 40, 43, 52, 55]))
    #expect(
      try draw(image: 1)
        == Sample(positives: [3, 12, 21, 42, 48, 57], negatives: [7, 16, 34, 49, 55, 58]))
    #expect(
      try draw(step: 1)
        == Sample(positives: [0, 9, 12, 27, 42, 45], negatives: [25, 28, 34, 40, 43, 58]))
    #expect(
      try draw(seed: 1 << 32 + 5)
        == Sample(positives: [0, 12, 15, 18, 54, 57], negatives: [4, 22, 25, 37, 52, 58]))
  }

  @Test func `the same key draws the same priors; another seed, stage, image or draw others`()
    throws
  {
    let many = Assignment.alternating(3000)
    func sample(_ seed: Int, _ stage: String, _ image: Int, _ step: Int) throws -> Sample {
      try draw(seed: seed, stage: stage, image: image, step: step, count: 256, of: many)
    }
    var samples: [Sample] = []
    for seed in [0, 1, 1 << 40] {
      for stage in ["rpn", "rcnn"] {
        for image in [0, 1] {
          for step in [0, 1] {
            let sample = try sample(seed, stage, image, step)
            #expect(
              try self.draw(
                seed: seed, stage: stage, image: image, step: step, count: 256, of: many) == sample)
            #expect(!samples.contains(sample))
            samples.append(sample)
          }
        }
      }
    }
    #expect(samples.count == 24)
  }
}

/// Draws that limit negatives by positives, and spread positives over ground truths.
struct BalancedDrawTests {
  /// Background, then 60 priors of the first ground truth, 6 of the second, 2 of the third.
  private let assignment = Assignment(
    matches: Array(repeating: -1, count: 200) + Array(repeating: 0, count: 60)
      + Array(repeating: 1, count: 6) + Array(repeating: 2, count: 2),
    overlaps: Array(repeating: 0.1, count: 200) + Array(repeating: 0.8, count: 68))

  private func counts(_ sample: Sample) -> [Int] {
    [200..<260, 260..<266, 266..<268].map { sample.positives.filter($0.contains).count }
  }

  /// Of 12 positives each object gives 12 / 3 + 1 = 5, of 30 it gives 11; what is missing comes from the rest.
  @Test(
    arguments: [(24, [5, 5, 2]), (60, [22, 6, 2]), (400, [60, 6, 2])])
  func `each object gives its share of positives`(count: Int, positives: [Int]) throws {
    let values: [String: ParameterValue] = ["count": .integer(count), "balance_objects": true]
    for sampler in [try RandomSampler(values), try IoUBalancedSampler(values)] as [any Sampler] {
      var seen: Set<[Int]> = []
      for step in 0..<10 {
        let sample = try sampler.sample(assignment, SampleRequest(stage: "rcnn", step: step))
        #expect(counts(sample) == positives)
        #expect(sample.positives == sample.positives.sorted())
        #expect(sample.negatives.count == min(200, count - sample.positives.count))
        seen.insert(sample.positives)
      }
      #expect(seen.count == (count == 400 ? 1 : 10))
    }
  }

  /// 2 of 8 positives a draw: 8 / 4 rounds to 2, and one more of each is 12, of which 8 stay.
  @Test func `what is too many goes`() throws {
    let four = Assignment(
      matches: (0..<4).flatMap { Array(repeating: Int32($0), count: 10) }
        + Array(repeating: -1, count: 50))
    let sampler = try RandomSampler(["count": 16, "balance_objects": true])
    for step in 0..<20 {
      let sample = try sampler.sample(four, SampleRequest(stage: "rcnn", step: step))
      #expect(sample.positives.count == 8 && sample.negatives.count == 8)
      let objects = (0..<4).map { object in
        sample.positives.count { $0 / 10 == object }
      }
      #expect(objects.allSatisfy { $0 <= 3 })
    }
  }

  /// 68 positives of 200 leave 132.
  @Test(
    arguments: [
      (["negatives_per_positive": 5], 132), (["negatives_per_positive": 0.51], 34),
      (["negatives_per_positive": 0], 0), ([:], 132),
    ] as [([String: ParameterValue], Int)])
  func `negatives are limited by positives`(
    values: [String: ParameterValue], negatives: Int
  ) throws {
    let all = values.merging(["count": 200]) { $1 }
    for sampler in [try RandomSampler(all), try IoUBalancedSampler(all)] as [any Sampler] {
      let sample = try sampler.sample(assignment, SampleRequest(stage: "rcnn"))
      #expect(sample.positives.count == 68 && sample.negatives.count == negatives)
    }
  }

  @Test func `an image without positives counts as one with one`() throws {
    let nothing = Assignment(
      matches: Array(repeating: -1, count: 50), overlaps: Array(repeating: 0, count: 50))
    let values: [String: ParameterValue] = ["negatives_per_positive": 5]
    for sampler in [try RandomSampler(values), try IoUBalancedSampler(values)] as [any Sampler] {
      #expect(
        try sampler.sample(nothing, SampleRequest(stage: "rpn")).negatives.count == 5)
    }
  }
}
