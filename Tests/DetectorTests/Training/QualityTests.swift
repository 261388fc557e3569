import Foundation
import LossKit
import TestSupport
import Testing

@testable import Detector

/// What a dense detector with a quality finds: each cell's box with each class, the probability of the class
/// times the quality.
struct QualityTests {
  private struct Candidate {
    let box: Box
    let label: Int
    let score: Float
  }

  @Test(
    arguments: [
      ("fcos", "bce_with_logits"), ("fcos", "bce"), ("atss", "bce_with_logits"),
    ])
  func `scores are those of classes times the quality`(stage: String, loss: String) throws {
    let recipe = try SmallTraining.recipe(
      "reference_detector_\(stage)", ["stages.\(stage).terms.\(stage)_centerness.loss=\(loss)"])
    // Nothing is suppressed, and nothing is too bad.
    var trainer = try SmallTraining.trainer(
      recipe,
      [
        "training.rate=0.01", "model.score_threshold=0", "model.nms_iou=1", "model.detections=300",
      ])
    for _ in 0..<8 { _ = try trainer.advance() }
    var model = trainer.model
    let scenes = try SmallTraining.scenes()
    let batch = ImageBatch([try scenes.example(0), try scenes.example(1)], stride: 8)
    let found = try model.detect(batch, Engine(workers: Workers(2)))

    func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }
    let predictions = model.predictions
    let classes = try #require(predictions["cls_score"])
    let quality = try #require(predictions["centerness"])
    let boxes = try #require(predictions["bbox_pred"])
    // Six classes on maps of 6 × 8 cells.
    #expect(classes.shape == [2, 6, 6, 8] && quality.shape == [2, 1, 6, 8])
    let priors = try recipe.objective.priors(
      ofStage: stage, for: batch.truth, featureMaps: [FeatureMap(height: 6, width: 8)])
    var largest: Float = 0
    for image in 0..<2 {
      var candidates: [Candidate] = []
      for cell in 0..<48 {
        let number = quality.elements[48 * image + cell]
        let factor = loss == "bce" ? number : sigmoid(number)
        let row = (0..<4).map { boxes.elements[48 * (4 * image + $0) + cell] }
        let box = recipe.objective.stages[0].coder
          .decode(SIMD4(row), relativeTo: priors[image].boxes[cell])
          .clipped(to: batch.truth.images[image].size)
        for label in 1...6 {
          let score = factor * sigmoid(classes.elements[48 * (6 * image + label - 1) + cell])
          candidates.append(Candidate(box: box, label: label, score: score))
        }
      }
      let detections = found[image].detections
      #expect(detections.count == 288)
      for detection in detections {
        let match = candidates.firstIndex {
          $0.label == detection.label && abs($0.score - detection.score) <= 1e-6
            && largestDifference([$0.box], [detection.box]) <= 1e-3
        }
        candidates.remove(at: try #require(match, "\(detection)"))
      }
      #expect(detections.map(\.score) == detections.map(\.score).sorted(by: >))
      let qualities = quality.elements[48 * image..<48 * image + 48]
      largest = max(largest, (qualities.max() ?? 0) - (qualities.min() ?? 0))
    }
    #expect(largest > 0.01, "the qualities differ")
  }
}
