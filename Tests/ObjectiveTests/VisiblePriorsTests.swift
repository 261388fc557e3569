import LossKit
import Testing

/// Priors that an assigner doesn't see.
struct VisiblePriorsTests {
  /// Four priors in a row on two levels, of which an object is nearest to the third.
  struct Row: PriorGenerator {
    static let declaration = Declaration(
      name: "row", summary: "Four boxes.", formula: "", source: "")
    let visible: [Int]?

    init(parameters: Parameters) { visible = nil }
    init(visible: [Int]?) { self.visible = visible }

    var priorsPerCell: [Int]? { nil }

    func priors(for request: PriorRequest) throws(InputError) -> Priors {
      try Priors(
        [0, 8, 16, 24].map { Box($0, 0, $0 + 16, 16) },
        levels: [Priors.Level(count: 2), Priors.Level(count: 2)], visible: visible)
    }
  }

  /// The matches of the four, and what is sampled of them.
  func targets(visible: [Int]?) throws -> MatchedPriors {
    let stage = Stage(
      name: "stage", priors: Row(visible: visible),
      assigner: try MaxIoUAssigner(["match_low_quality": true]), sampler: try AllSampler(),
      coder: try DeltaBoxCoder(), terms: [])
    let batch = DetectionBatch(images: [
      DetectionBatch.Image(
        size: ImageSize(height: 32, width: 48),
        groundTruth: GroundTruth(boxes: [Box(17, 0, 33, 16)], labels: [1]))
    ])
    return try DetectionObjective(name: "x", stages: [stage])
      .targets(ofStage: "stage", for: batch).images[0]
  }

  @Test func `are ignored, and take no object from one that it sees`() throws {
    // IoU of 0, 7/25, 15/17 and 9/23.
    #expect(try targets(visible: nil).assignment.matches == [-1, -1, 0, -2])
    let seen = try targets(visible: [0, 1, 3])
    #expect(seen.assignment.matches == [-1, -1, -2, 0])
    #expect(seen.sampled == [0, 1, 3] && seen.positives == [3])
    #expect(try targets(visible: []).assignment.matches == [-2, -2, -2, -2])
  }

  @Test func `are among the priors, in order`() {
    for visible in [[4], [1, 1], [2, 0], [-1]] {
      #expect(
        complaint { try targets(visible: visible) }
          == "priors: has visible ones that aren't among 4, or not in ascending order")
    }
  }

  @Test func `bring what is predicted for them along`() throws {
    let boxes = (0..<3).map { Box(Float($0), 0, 9, 9) }
    let request = AssignmentRequest(
      priors: try Priors(boxes, levels: [Priors.Level(count: 3)], visible: [0, 2]),
      groundTruth: GroundTruth(boxes: [], labels: []), imageSize: ImageSize(height: 9, width: 9),
      predictions: StagePredictions(
        scores: [1, 2, 3, 4, 5, 6], objectness: [7, 8, 9], boxes: boxes))
    #expect(
      request.ofVisiblePriors?.predictions
        == StagePredictions(
          scores: [1, 2, 5, 6], objectness: [7, 9], boxes: [boxes[0], boxes[2]]))
  }
}
