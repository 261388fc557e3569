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
