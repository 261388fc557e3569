import LossKit
import Testing

/// A draw that somebody else made.
struct RecordedSamplerTests {
  /// Positive, background, ignored, positive, background, ignored.
  let assignment = Assignment(matches: [2, -1, -2, 0, -1, -2])

  func sample(_ recorded: [Bool]?, image: Int = 0) throws -> Sample {
    try RecordedSampler().sample(
      assignment, SampleRequest(stage: "rcnn", image: image, recorded: recorded))
  }

  @Test func `marked priors are taken, positives and background apart`() throws {
    #expect(
      try sample([true, true, false, false, true, false])
        == Sample(positives: [0], negatives: [1, 4]))
    #expect(
      try sample([false, false, false, true, false, false])
        == Sample(positives: [3], negatives: []))
    #expect(
      try sample(Array(repeating: false, count: 6)) == Sample(positives: [], negatives: []))
  }

  @Test func `without a record there is nothing to take`() {
    let error = #expect(throws: InputError.self) { try sample(nil) }
    #expect(
      error?.description
        == "rcnn.sampled: is not recorded; give one number a prior, 1 where it was drawn")
  }

  @Test(arguments: [0, 5, 7])
  func `a record of another length is refused`(length: Int) {
    let error = #expect(throws: InputError.self) {
      try sample(Array(repeating: false, count: length), image: 3)
    }
    #expect(
      error?.description
        == "rcnn.sampled: has \(length) elements for image 3; "
        + "expected one for each of its 6 priors")
  }

  @Test func `a marked prior that takes no part is named`() {
    let error = #expect(throws: InputError.self) {
      try sample([true, true, false, true, true, true], image: 1)
    }
    #expect(
      error?.description
        == "rcnn.sampled image 1, prior 5: was drawn, but the assigner ignores it; "
        + "check the assigner's thresholds and border")
  }

  @Test func `there are no parameters`() {
    let error = #expect(throws: ParameterErrors.self) { try RecordedSampler(["count": 3]) }
    #expect(
      error?.description == "recorded: \"count\" is unknown; recorded has no parameters")
  }
}
