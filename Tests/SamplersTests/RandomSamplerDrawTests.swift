import LossKit
import Testing

/// Which priors the random sampler draws.
struct RandomSamplerDrawTests {
  func draw(
    seed: Int = 0, stage: String = "rpn", image: Int = 0, draw: Int = 0, count: Int = 12,
    of assignment: Assignment = .alternating(60)
  ) throws -> Sample {
    try RandomSampler(["count": .integer(count), "seed": .integer(seed)])
      .sample(assignment, SampleRequest(stage: stage, image: image, draw: draw))
  }

  /// Made by a separate Philox 4×32-10 in Python, itself held against Random123's known answers.
  @Test func `draws are the same on every machine`() throws {
    #expect(
      try draw()
        == Sample(positives: [15, 27, 39, 42, 51, 57], negatives: [13, 19, 22, 25, 37, 43]))
    #expect(
      try draw(stage: "rcnn")
        == Sample(positives: [15, 24, 30, 39, 42, 51], negatives: [1, 4, 13, 19, 34, 37]))
    #expect(
      try draw(image: 1)
        == Sample(positives: [3, 9, 30, 33, 39, 54], negatives: [7, 10, 22, 37, 43, 49]))
    #expect(
      try draw(draw: 1)
        == Sample(positives: [15, 18, 21, 30, 36, 54], negatives: [4, 16, 37, 49, 52, 58]))
    #expect(
      try draw(seed: 1 << 32 + 5)
        == Sample(positives: [0, 6, 33, 36, 39, 54], negatives: [4, 19, 22, 40, 43, 46]))
  }

  @Test func `the same key draws the same priors; another seed, stage, image or draw others`()
    throws
  {
    let many = Assignment.alternating(3000)
    func sample(_ seed: Int, _ stage: String, _ image: Int, _ step: Int) throws -> Sample {
      try draw(seed: seed, stage: stage, image: image, draw: step, count: 256, of: many)
    }
    var samples: [Sample] = []
    for seed in [0, 1, 1 << 40] {
      for stage in ["rpn", "rcnn"] {
        for image in [0, 1] {
          for step in [0, 1] {
            let sample = try sample(seed, stage, image, step)
            #expect(
              try self.draw(
                seed: seed, stage: stage, image: image, draw: step, count: 256, of: many) == sample)
            #expect(!samples.contains(sample))
            samples.append(sample)
          }
        }
      }
    }
    #expect(samples.count == 24)
  }

  @Test func `those with the smallest random numbers are drawn, however many there are`() throws {
    let stream = RandomStream(seed: 3, name: "rpn", image: 2, draw: 9)
    for candidates in [10, 100, 5000] {
      let byNumber = (0..<candidates).sorted { stream.bits($0) < stream.bits($1) }
      for count in [1, 9, 10, 50, 4999] where count <= candidates {
        let sample = try draw(
          seed: 3, image: 2, draw: 9, count: count,
          of: Assignment(positives: 0, negatives: candidates))
        #expect(sample.negatives == byNumber.prefix(count).sorted())
      }
    }
  }

  @Test func `a prior's chance doesn't depend on who else is a candidate`() throws {
    let few = try draw(count: 20, of: Assignment(positives: 0, negatives: 100))
    let more = try draw(count: 20, of: Assignment(positives: 0, negatives: 150))
    #expect(more.negatives.filter { $0 < 100 }.allSatisfy(few.negatives.contains))
    #expect(more.negatives.contains { $0 >= 100 })
  }
}
