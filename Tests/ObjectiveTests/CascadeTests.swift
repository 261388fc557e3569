import LossKit
import TestSupport
import Testing

/// A cascade whose heads run on the sample of each stage, against one whose heads ran on everything.
struct CascadeTests {
  /// Deltas of 0 lead from a prior to itself, so that each stage has the priors that the one before sampled.
  @Test func `the next stage has the sampled priors without added ground truths`() throws {
    let objective = try DetectionRecipe(
      named: "cascade_rcnn",
      settings: [
        try JSONSetting(parsing: #"stages.rcnn.sampler={"type":"random","count":12}"#)
      ], registry: try Registry.builtIn()
    ).objective
    var random = SeededGenerator(seed: 71)
    let objects = random.boxes(2, within: 60, sides: 20...40)
    let proposals =
      objects.flatMap { box in
        (0..<10).map { Box(box.x1 + Float($0), box.y1, box.x2 + Float($0), box.y2) }
      } + random.boxes(20, within: 60, sides: 20...40)
    let batch = DetectionBatch(images: [
      DetectionBatch.Image(
        size: ImageSize(height: 100, width: 120),
        groundTruth: GroundTruth(boxes: objects, labels: [1, 2]), proposals: proposals)
    ])
    var maps: [String: Tensor<Float>] = [:]
    for level in 0..<5 {
      maps["rpn_cls_score_\(level)"] = try Tensor(repeating: 0, shape: [1, 3, 2, 2])
      maps["rpn_bbox_pred_\(level)"] = try Tensor(repeating: 0, shape: [1, 12, 2, 2])
    }
    let (targets, _) = try objective.walk(batch, rows: .sampled) {
      stage, priors throws(InputError) in
      guard let priors else { return maps }
      func zeros(_ columns: Int) throws(InputError) -> Tensor<Float> {
        do {
          return try Tensor(repeating: 0, shape: [priors[0].count, columns])
        } catch { throw InputError("test", "\(error)") }
      }
      return [
        stage.terms[0].predictions[0]: try zeros(3), stage.terms[1].predictions[0]: try zeros(4),
      ]
    }
    #expect(targets.map(\.stage) == ["rpn", "rcnn_0", "rcnn_1", "rcnn_2"])
    var before = proposals
    var added = 0
    for stage in targets.dropFirst() {
      let priors = stage.images[0].priors
      let own = priors.boxes.prefix(priors.count - priors.addedGroundTruths)
      #expect(priors.count == 12 || stage.stage == "rcnn_2")
      for box in own {
        #expect(before.contains { largest(box, $0) <= 1e-4 }, "\(stage.stage)")
      }
      #expect(priors.boxes.suffix(priors.addedGroundTruths).allSatisfy(objects.contains))
      added += priors.addedGroundTruths
      before = Array(own)
    }
    #expect(added > 0)
  }

  private func largest(_ one: Box, _ other: Box) -> Float {
    zip(one.coordinates, other.coordinates).map { abs($0 - $1) }.max() ?? 0
  }
}
