import LossCore
import Metrics
import Testing

struct DetectionMetricsTests {
  let object = Box(10, 10, 50, 50)

  @Test func `a class without objects has no average precision`() throws {
    let metrics = try DetectionMetrics(
      of: [
        EvaluatedImage(
          objects: GroundTruth(boxes: [object], labels: [1]),
          detections: [Detection(box: object, label: 1, score: 0.9)])
      ], classNames: ["cat", "dog"])
    #expect(metrics.classValues.map(\.name) == ["AP/cat", "AP/dog"])
    #expect(metrics.classValues.map { $0.value == nil } == [false, true])
    #expect(metrics.averageRecall() == 1)
    #expect(metrics.averageRecall(label: 2) == nil)
    #expect(metrics.averageRecall(detections: 7) == nil)
    #expect((0...3).map { metrics.objectCount(label: $0) } == [0, 1, 0, 0])
    #expect(metrics.averagePrecision(label: 0) == nil && metrics.averagePrecision(label: 3) == nil)
  }

  @Test func `an ignored region of no class forgives detections of every class`() throws {
    let region = Box(100, 100, 180, 180)
    func precision(_ regions: [Box], label: Int) throws -> Double? {
      try DetectionMetrics(
        of: [
          EvaluatedImage(
            objects: GroundTruth(
              boxes: [object, object], labels: [1, 2], ignoredRegions: regions),
            detections: [
              Detection(box: Box(110, 110, 150, 150), label: label, score: 0.9),
              Detection(box: object, label: 1, score: 0.8),
              Detection(box: object, label: 2, score: 0.8),
            ])
        ], classNames: ["cat", "dog"]
      ).averagePrecision(label: label)
    }
    for label in 1...2 {
      #expect(abs(try #require(try precision([region], label: label)) - 1) < 1e-12)
      #expect(abs(try #require(try precision([], label: label)) - 0.5) < 1e-12)
    }
  }

  @Test func `the order of images doesn't matter where scores differ`() throws {
    let images = (0..<6).map { index in
      let other = Box(60, 10, 90, Float(30 + 5 * index))
      return EvaluatedImage(
        objects: GroundTruth(boxes: [object, other], labels: [1, 1]),
        detections: [
          Detection(box: Box(10, 10, 50, Float(46 + index)), label: 1, score: Float(index)),
          Detection(box: other, label: 1, score: 0.5 - Float(index)),
          Detection(box: Box(0, 80, 30, 99), label: 1, score: 0.25 + Float(index)),
        ])
    }
    let metrics = try DetectionMetrics(of: images, classNames: ["cat"])
    #expect(metrics.values.contains { $0.name == "AP" && $0.value != nil })
    #expect(try DetectionMetrics(of: images.reversed(), classNames: ["cat"]) == metrics)
  }

  @Test(arguments: [
    (Detection(box: Box(0, 0, 1, 1), label: 2, score: 1), "label 2; expected 1 to 1"),
    (Detection(box: Box(0, 0, 1, 1), label: 0, score: 1), "label 0; expected 1 to 1"),
    (
      Detection(box: Box(0, 0, 1, 1), label: 1, score: .nan),
      "score nan, box [0.0, 0.0, 1.0, 1.0]; expected finite numbers"
    ),
    (
      Detection(box: Box(0, 0, .infinity, 1), label: 1, score: 1),
      "score 1.0, box [0.0, 0.0, inf, 1.0]; expected finite numbers"
    ),
  ])
  func `detections that can't be measured`(detection: Detection, problem: String) {
    let error = InputError("detections image 1, row 0", problem)
    #expect(throws: error) {
      try DetectionMetrics(
        of: [
          EvaluatedImage(annotations: [], detections: []),
          EvaluatedImage(annotations: [], detections: [detection]),
        ], classNames: ["cat"])
    }
  }

  @Test func `annotations that can't be measured`() {
    #expect(throws: InputError("annotations image 0, row 0", "label 4; expected 1 to 1")) {
      try DetectionMetrics(
        of: [
          EvaluatedImage(
            annotations: [Annotation(box: object, label: 4)], detections: [])
        ], classNames: ["cat"])
    }
  }

  @Test func `proposals of other images than the objects`() {
    #expect(throws: InputError("proposals", "of 1 images; expected those of 0")) {
      try ProposalRecall(10, of: [[object]], objects: [])
    }
  }

  @Test(arguments: [-1, 0]) func `no proposals find nothing`(count: Int) throws {
    let none = try ProposalRecall(
      count, of: [[object]], objects: [GroundTruth(boxes: [object], labels: [1])])
    #expect(none.atHalf == 0 && none.average == 0)
  }
}
