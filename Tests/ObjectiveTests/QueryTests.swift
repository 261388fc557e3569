import LossKit
import TestSupport
import Testing

/// Recipes whose priors are queries.
struct QueryTests {
  private func objective(_ name: String, queries: Int) throws -> DetectionObjective {
    try DetectionRecipe(
      named: name,
      settings: [
        try JSONSetting(parsing: "stages.detr.priors.count=\(queries)"),
        try JSONSetting(parsing: "stages.detr.repeat=2"),
      ], registry: try Registry.builtIn()
    ).objective
  }

  private func batch(objects: [Int]) -> DetectionBatch {
    var random = SeededGenerator(seed: 61)
    return DetectionBatch(
      images: objects.map { count in
        DetectionBatch.Image(
          size: ImageSize(height: 80, width: 100),
          groundTruth: GroundTruth(
            boxes: random.boxes(count, within: 50, sides: 5...30),
            labels: (0..<count).map { 1 + $0 % 3 }))
      })
  }

  private func predictions(
    images: Int, queries: Int, columns: Int
  ) throws -> [String: Tensor<Double>] {
    var predictions: [String: Tensor<Double>] = [:]
    for layer in 0..<2 {
      let seed = UInt64(layer)
      predictions["cls_scores_\(layer)"] = try randomTensor(
        [images, queries, columns], seed: seed)
      predictions["bbox_preds_\(layer)"] = try randomTensor(
        [images, queries, 4], seed: 9 + seed
      ).map { 0.5 + 0.1 * $0 }
    }
    return predictions
  }

  @Test(arguments: [("detr", 4), ("deformable_detr", 3)])
  func `gradients are differences of values`(name: String, columns: Int) throws {
    let objective = try self.objective(name, queries: 7)
    let predictions = try self.predictions(images: 2, queries: 7, columns: columns)
    let targets = try objective.targets(for: batch(objects: [3, 2]), predictions: predictions)
    #expect(targets[0].images.map(\.positives.count) == [3, 2])
    let check = try ObjectiveGradientCheck(objective, predictions: predictions, against: targets)
    #expect(check.isRight && check.leftOut.isEmpty)
    #expect(check.predictions.count == 4)
  }

  @Test func `of more objects than queries each query finds one`() throws {
    let objective = try self.objective("detr", queries: 4)
    let predictions = try self.predictions(images: 1, queries: 4, columns: 4)
    let targets = try objective.targets(for: batch(objects: [9]), predictions: predictions)
    for stage in targets {
      #expect(stage.images[0].positives.count == 4)
      #expect(Set(stage.images[0].assignment.matches).count == 4)
    }
    let result = try objective.evaluate(predictions, against: targets)
    // Background has no row, so that the weights' sum is the queries.
    #expect(result.terms[0].divisors == [4])
  }

  @Test func `other numbers of queries are told`() throws {
    let objective = try self.objective("detr", queries: 5)
    let predictions = try self.predictions(images: 1, queries: 4, columns: 4)
    let found = complaint {
      try objective.targets(for: batch(objects: [1]), predictions: predictions)
    }
    #expect(found.contains("shape [1, 4, 4]") && found.contains("5"))
  }

  @Test func `a batch has so many queries at most`() throws {
    let objective = try self.objective("detr", queries: 10_000)
    let none = DetectionBatch.Image(
      size: ImageSize(height: 1, width: 1), groundTruth: GroundTruth(boxes: [], labels: []))
    let found = complaint {
      try objective.priors(
        ofStage: "detr_0",
        for: DetectionBatch(images: Array(repeating: none, count: 4000)))
    }
    #expect(
      found
        == "stage detr_0: has more than 33554432 priors in the first 3356 images; expected fewer a batch"
    )
  }
}
