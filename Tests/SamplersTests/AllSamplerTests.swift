import LossKit
import Testing

/// No sampling.
struct AllSamplerTests {
  @Test func `every positive and every background prior is taken, whatever the request`() throws {
    let sampler = try AllSampler()
    for request in [
      SampleRequest(stage: "rpn"), SampleRequest(stage: "x", image: 4, step: 9, recorded: []),
    ] {
      #expect(
        try sampler.sample(.alternating(8), request)
          == Sample(positives: [0, 3, 6], negatives: [1, 4, 7]))
      #expect(
        try sampler.sample(Assignment(matches: []), request)
          == Sample(positives: [], negatives: []))
    }
  }

  @Test func `there are no parameters`() {
    let error = #expect(throws: ParameterErrors.self) { try AllSampler(["seed": 3]) }
    #expect(error?.description == "all: \"seed\" is unknown; all has no parameters")
  }
}
