import Foundation
import LossKit
import TestSupport
import Testing

@testable import Detector

/// What a dense detector finds whose stage predicts a quality, or objects beside classes: each cell's box with
/// each class, the probability of the class times that of the other term.
struct QualityTests {
  private struct Candidate {
    let box: Box
    let label: Int
    let score: Float
  }

  @Test(
    arguments: [
      ("fcos", "centerness", "bce_with_logits"), ("fcos", "centerness", "bce"),
      ("atss", "centerness", "bce_with_logits"), ("yolox", "objectness", "bce_with_logits"),
      ("yolox", "objectness", "bce"), ("yolox", "objectness", "softmax_cross_entropy"),
    ])
  func `scores are those of classes times the other`(
    stage: String, factor: String, loss: String
  ) throws {
    let path = "stages.\(stage).terms.\(stage)_\(factor)"
    let twoColumns = loss == "softmax_cross_entropy"
    let recipe = try SmallTraining.recipe(
      "reference_detector_\(stage)",
      SmallTraining.levels(stage, ["cls": "cls_score", "box": "bbox_pred", factor: factor])
        + ["\(path).loss=\(loss)", "\(path).layout=n (a c) h w"])
    // Nothing is suppressed, and nothing is too bad.
    var trainer = try SmallTraining.trainer(
      recipe,
      [
        "training.rate=0.01", "model.score_threshold=0", "model.nms_iou=1", "model.detections=400",
      ])
    for _ in 0..<8 { _ = try trainer.advance() }
    var model = trainer.model
    let scenes = try SmallTraining.scenes()
    let batch = ImageBatch([try scenes.example(0), try scenes.example(1)], stride: 8)
    let found = try model.detect(batch, Engine(workers: Workers(2)))

    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    let maps = [FeatureMap(height: 6, width: 8), FeatureMap(height: 3, width: 4)]
    let priors = try recipe.objective.priors(ofStage: stage, for: batch.truth, featureMaps: maps)
    var largest: Float = 0
    for image in 0..<2 {
      var candidates: [Candidate] = []
      var factors: [Float] = []
      for (level, map) in maps.enumerated() {
        let cells = map.height * map.width
        func columns(_ name: String) throws -> [[Float]] {
          let tensor = try #require(model.predictions["\(name)_\(level)"])
          let count = tensor.shape[1]
          #expect(tensor.shape == [2, count, map.height, map.width])
          return (0..<cells).map { cell in
            (0..<count).map { tensor.elements[cells * (count * image + $0) + cell] }
          }
        }
        let (scores, boxes) = (try columns("cls_score"), try columns("bbox_pred"))
        for (cell, row) in try columns(factor).enumerated() {
          // Of two columns the first is the background's.
          let factor = loss == "bce" ? row[0] : sigmoid(twoColumns ? row[1] - row[0] : row[0])
          factors.append(factor)
          let box = recipe.objective.stages[0].coder
            .decode(
              SIMD4(boxes[cell]), relativeTo: priors[image].boxes[48 * level + cell]
            )
            .clipped(to: batch.truth.images[image].size)
          for (index, score) in scores[cell].enumerated() {
            candidates.append(
              Candidate(box: box, label: index + 1, score: factor * sigmoid(score)))
          }
        }
      }
      // Six classes.
      #expect(candidates.count == 360)
      candidates.removeAll { $0.box.width() <= 0 || $0.box.height() <= 0 }
      let detections = found[image].detections
      #expect(detections.count == candidates.count)
      for detection in detections {
        let match = candidates.firstIndex {
          $0.label == detection.label && abs($0.score - detection.score) <= 1e-6
            && largestDifference([$0.box], [detection.box]) <= 1e-3
        }
        candidates.remove(at: try #require(match, "\(detection)"))
      }
      #expect(detections.map(\.score) == detections.map(\.score).sorted(by: >))
      largest = max(largest, (factors.max() ?? 0) - (factors.min() ?? 0))
    }
    #expect(largest > 0.01, "the factors differ")
  }
}
