import LossKit
import Testing

/// The steps of the proposal layer, one at a time.
struct ProposalLayerTests {
  let size = ImageSize(height: 100, width: 100)
  /// Four boxes apart from each other, best last.
  let apart = [Box(0, 0, 9, 9), Box(20, 0, 29, 9), Box(40, 0, 49, 9), Box(60, 0, 69, 9)]
  let rising: [Float] = [1, 2, 3, 4]

  @Test func `boxes come best first, ties in the order of the priors`() throws {
    let layer = try ProposalLayer()
    #expect(
      layer.propose(
        try ScoredBoxes(boxes: apart, scores: rising, levels: [4]), imageSize: size)
        == apart.reversed())
    #expect(
      layer.propose(
        try ScoredBoxes(boxes: apart, scores: [0, 7, 0, 7], levels: [4]), imageSize: size)
        == [apart[1], apart[3], apart[0], apart[2]])
  }

  @Test func `pre_nms_count holds for each level, post_nms_count for all`() throws {
    let scored = try ScoredBoxes(boxes: apart, scores: [4, 3, 1, 2], levels: [2, 0, 2])
    let before = try ProposalLayer(["pre_nms_count": 1])
    #expect(before.propose(scored, imageSize: size) == [apart[0], apart[3]])
    let after = try ProposalLayer(["post_nms_count": 3])
    #expect(after.propose(scored, imageSize: size) == [apart[0], apart[1], apart[3]])
  }

  @Test func `ties between levels go to the earlier level`() throws {
    let scored = try ScoredBoxes(boxes: apart, scores: [1, 1, 1, 2], levels: [2, 2])
    #expect(
      try ProposalLayer().propose(scored, imageSize: size)
        == [apart[3], apart[0], apart[1], apart[2]])
  }

  @Test func `boxes suppress each other within their level alone`() throws {
    let boxes = [Box(0, 0, 10, 10), Box(0, 0, 10, 9)]
    let layer = try ProposalLayer()
    let one = try ScoredBoxes(boxes: boxes, scores: [1, 2], levels: [2])
    #expect(layer.propose(one, imageSize: size) == [boxes[1]])
    let two = try ScoredBoxes(boxes: boxes, scores: [1, 2], levels: [1, 1])
    #expect(layer.propose(two, imageSize: size) == [boxes[1], boxes[0]])
  }

  @Test func `boxes are clipped, then those with a small side dropped`() throws {
    let boxes = [Box(-5, -5, 5, 5), Box(90, 90, 110, 110), Box(98, 0, 120, 20), Box(0, 0, 3, 20)]
    let scored = try ScoredBoxes(boxes: boxes, scores: [4, 3, 2, 1], levels: [4])
    let continuous = try ProposalLayer(["min_size": 3])
    #expect(
      continuous.propose(scored, imageSize: size)
        == [Box(0, 0, 5, 5), Box(90, 90, 100, 100), Box(0, 0, 3, 20)])
    let pixels = try ProposalLayer(["min_size": 4, "legacy_plus_one": true])
    #expect(
      pixels.propose(scored, imageSize: size)
        == [Box(0, 0, 5, 5), Box(90, 90, 99, 99), Box(0, 0, 3, 20)])
  }

  @Test func `a dropped small box still counts among the best before suppression`() throws {
    let boxes = [Box(0, 0, 1, 1), Box(20, 20, 40, 40), Box(50, 50, 70, 70)]
    let scored = try ScoredBoxes(boxes: boxes, scores: [3, 2, 1], levels: [3])
    let layer = try ProposalLayer(["min_size": 2, "pre_nms_count": 2])
    #expect(layer.propose(scored, imageSize: size) == [boxes[1]])
  }

  @Test func `ground truths are appended unless switched off`() throws {
    let object = Box(3, 3, 9, 9)
    let request = PriorRequest(
      imageSize: size, groundTruth: GroundTruth(boxes: [object], labels: [1]),
      scoredBoxes: try ScoredBoxes(boxes: apart, scores: rising, levels: [4]))
    let layer = try ProposalLayer(["stage": "first"])
    #expect(layer.sourceStage == "first")
    #expect(layer.priorsPerCell == nil)
    #expect(try layer.priors(for: request).boxes == apart.reversed() + [object])
    #expect(
      try ProposalLayer(["append_ground_truth": false]).priors(for: request).boxes
        == apart.reversed())
  }

  @Test func `a request without scored boxes is an error`() throws {
    let layer = try ProposalLayer()
    let error = #expect(throws: InputError.self) {
      try layer.priors(
        for: PriorRequest(imageSize: size, groundTruth: GroundTruth(boxes: [], labels: [])))
    }
    #expect(error?.description == "proposals: stage \"rpn\" gave no scored boxes")
  }

  @Test func `scored boxes that don't fit together can't be made`() {
    let scores = #expect(throws: InputError.self) {
      try ScoredBoxes(boxes: apart, scores: [1], levels: [4])
    }
    #expect(scores?.description == "scored boxes: 1 scores for 4 boxes; expected one a box")
    for levels in [[], [3], [5], [5, -1]] {
      let error = #expect(throws: InputError.self) {
        try ScoredBoxes(boxes: apart, scores: rising, levels: levels)
      }
      #expect(
        error?.description
          == "scored boxes: levels of \(levels) boxes; expected numbers that add up to 4")
    }
  }
}
