import LossKit
import Testing

/// What an earlier stage predicts, as the next priors.
struct RefinedBoxesTests {
  private let boxes = [Box(0, 0, 8, 8), Box(-4, 2, 6, 30), Box(3, 3, 5, 5), Box(1, 1, 9, 9)]
  private let object = Box(2, 2, 7, 7)

  private func priors(
    _ values: [String: ParameterValue] = [:], sampled: [Int]? = [1, 2]
  ) throws -> Priors {
    try RefinedBoxes(values).priors(
      for: PriorRequest(
        imageSize: ImageSize(height: 20, width: 10),
        groundTruth: GroundTruth(boxes: [object], labels: [1]),
        scoredBoxes: try ScoredBoxes(
          boxes: boxes, scores: [1, 2, 3, 4], levels: [4], sampled: sampled)))
  }

  @Test func `sampled boxes are clipped, and ground truths added`() throws {
    let made = try priors()
    #expect(made.boxes == [Box(0, 2, 6, 20), Box(3, 3, 5, 5), object])
    #expect(made.addedGroundTruths == 1)
    let bare = try priors(["clip": false, "append_ground_truth": false])
    #expect(bare.boxes == [boxes[1], boxes[2]])
    #expect(bare.addedGroundTruths == 0)
  }

  @Test func `where nothing was sampled all are taken`() throws {
    #expect(try priors(["append_ground_truth": false, "clip": false], sampled: nil).boxes == boxes)
    #expect(try priors(["append_ground_truth": false], sampled: []).boxes == [])
  }

  @Test func `the stage is named, and must have given boxes`() throws {
    let generator = try RefinedBoxes(["stage": "rcnn_0"])
    #expect(generator.sourceStage == "rcnn_0" && generator.priorsPerCell == nil)
    let error = #expect(throws: InputError.self) {
      try generator.priors(
        for: PriorRequest(
          imageSize: ImageSize(height: 1, width: 1), groundTruth: GroundTruth(boxes: [], labels: [])
        ))
    }
    #expect(error?.description == "refined boxes: stage \"rcnn_0\" gave no boxes")
    #expect(throws: InputError.self) { try priors(sampled: [4]) }
  }
}
