import LossCore
import Testing

@Suite struct DetectionBatchTests {
  private func check(
    _ size: ImageSize = ImageSize(height: 50, width: 100), boxes: [Box] = [], labels: [Int] = [],
    ignored: [Box] = [], proposals: [Box]? = nil
  ) throws {
    let fine = DetectionBatch.Image(
      size: ImageSize(height: 1, width: 1), groundTruth: GroundTruth(boxes: [], labels: []))
    let image = DetectionBatch.Image(
      size: size,
      groundTruth: GroundTruth(boxes: boxes, labels: labels, ignoredRegions: ignored),
      proposals: proposals)
    try DetectionBatch(images: [fine, image]).check()
  }

  @Test func acceptsWhatCanBe() throws {
    try check()
    try check(
      boxes: [Box(-3, 0, 200, 0.5)], labels: [1], ignored: [Box(0, 0, 1, 1)],
      proposals: [Box(5, 5, 5, 9)])
  }

  @Test(arguments: [(0, 10), (10, 0), (-1, 10)])
  func refusesSizes(height: Int, width: Int) {
    #expect(
      throws: InputError(
        "image_sizes row 1", image: 1,
        "height \(height) and width \(width); expected positive numbers")
    ) {
      try check(ImageSize(height: height, width: width))
    }
  }

  @Test(arguments: [Box(3, 0, 3, 1), Box(0, 3, 1, 3), Box(4, 0, 3, 1), Box(0, 4, 1, 3)])
  func refusesSidesThatAreNotPositive(box: Box) {
    let fine = Box(0, 0, 1, 1)
    let problem =
      "\(box.coordinates) has a side that is not positive; expected x1 < x2 and y1 < y2"
    #expect(throws: InputError("gt_boxes image 1, row 1", image: 1, problem)) {
      try check(boxes: [fine, box])
    }
    #expect(throws: InputError("ignored gt_boxes image 1, row 0", image: 1, problem)) {
      try check(ignored: [box])
    }
  }

  @Test func refusesProposalsInsideOut() {
    #expect(
      throws: InputError(
        "proposals image 1, row 0", image: 1,
        "[4.0, 0.0, 3.0, 1.0] has a side that is negative; expected x1 <= x2 and y1 <= y2")
    ) {
      try check(proposals: [Box(4, 0, 3, 1)])
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func refusesCoordinatesThatAreNotFinite(coordinate: Float) {
    let box = Box(0, 0, coordinate, 1)
    let problem = "\(box.coordinates) has a coordinate that is not finite"
    #expect(throws: InputError("gt_boxes image 1, row 0", image: 1, problem)) {
      try check(boxes: [box])
    }
    #expect(throws: InputError("proposals image 1, row 0", image: 1, problem)) {
      try check(proposals: [box])
    }
  }

  @Test(arguments: [0, -1])
  func refusesLabels(label: Int) {
    #expect(
      throws: InputError(
        "gt_labels image 1, row 1", image: 1,
        "label \(label); expected 1 or more (0 is the background)")
    ) {
      try check(boxes: [Box(0, 0, 1, 1), Box(0, 0, 2, 2)], labels: [3, label])
    }
  }

  @Test func countsABoxWithoutLabelAsClassOne() {
    #expect(GroundTruth(boxes: [Box(0, 0, 1, 1), Box(0, 0, 2, 2)], labels: [5]).labels == [5, 1])
  }
}
