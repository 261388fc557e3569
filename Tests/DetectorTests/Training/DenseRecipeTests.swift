import LossKernels
import LossKit
import TestSupport
import Testing

@testable import Detector

/// The recipes with a dense head on levels of stride 4, 8 and 16.
struct DenseRecipeTests {
  private static func recipe(_ name: String) throws -> DetectionRecipe {
    try SmallTraining.recipe("reference_detector_\(name)")
  }

  private func batch() throws -> ImageBatch {
    let scenes = try SmallTraining.scenes()
    return ImageBatch([try scenes.example(0), try scenes.example(1)], stride: 8)
  }

  private static let names = ["retinanet", "fcos", "atss", "gfl", "tood", "yolox"]

  private func trainer(of recipe: DetectionRecipe) throws -> Trainer {
    try SmallTraining.trainer(recipe, ["training.rate=0.005", "training.schedule=constant"])
  }

  @Test(arguments: names)
  func `each learns, and finds objects`(name: String) throws {
    let recipe = try Self.recipe(name)
    var trainer = try trainer(of: recipe)
    let losses = try (0..<12).map { _ in try trainer.advance().total }
    let (first, last): (Double, Double) = (
      losses.prefix(3).reduce(0, +), losses.suffix(3).reduce(0, +)
    )
    #expect(last < 0.9 * first, "\(losses)")
    #expect(Set(trainer.model.predictions.keys) == Set(recipe.objective.predictionNames))

    let labels = try trainer.model.detect(try batch(), Engine()).flatMap(\.detections).map(\.label)
    #expect(!labels.isEmpty && Set(labels).isSubset(of: 1...6))
  }

  /// In hundreds of evaluations each, of what the model predicts after some steps.
  @Test(.long, arguments: names)
  func `their gradients are right`(name: String) throws {
    let recipe = try Self.recipe(name)
    var trainer = try trainer(of: recipe)
    for _ in 0..<12 { _ = try trainer.advance() }
    var model = trainer.model
    let batch = try batch()
    _ = try model.detect(batch, Engine())
    let predictions = model.predictions.mapValues { $0.map { Double($0) } }
    let targets = try recipe.objective.targets(for: batch.truth, predictions: predictions)
    let check = try ObjectiveGradientCheck(
      recipe.objective, predictions: predictions, against: targets)
    #expect(check.isRight && check.leftOut.isEmpty, "\(check.predictions)")
    // Levels without positives have gradients of scores and objectness alone.
    let dense = check.predictions.filter {
      $0.name.hasPrefix(name == "yolox" ? "objectness" : "cls_score")
    }
    #expect(dense.count == 3 && dense.allSatisfy { $0.gradientNorm > 0 })
  }

  @Test func `a stage on regions may follow one on several levels`() throws {
    let recipe = try SmallTraining.recipe(
      "reference_detector",
      [
        "stages.rpn.priors.strides=[4, 8, 16]", "stages.rpn.priors.sizes=[[8], [16], [32]]",
        #"stages.rpn.terms.rpn_cls.prediction=["cls_4", "cls_8", "cls_16"]"#,
        #"stages.rpn.terms.rpn_box.prediction=["box_4", "box_8", "box_16"]"#,
      ])
    var trainer = try trainer(of: recipe)
    let proposing = try (0..<15).map { _ in
      try trainer.advance().terms.filter { $0.stage == "rpn" }.reduce(0) { $0 + $1.weightedValue }
    }
    #expect(proposing[14] < 0.7 * proposing[0], "\(proposing)")
  }

  /// Along the gradient by all weights of the model the total changes by its norm.
  @Test(arguments: ["retinanet", "fcos", "atss"])
  func `the gradient by the weights is that of central differences`(name: String) throws {
    let recipe = try Self.recipe(name)
    var model = try SmallTraining.trainer(recipe).model
    let batch = try batch()
    let engine = Engine(workers: Workers(1))
    var state = ObjectiveState()
    _ = try model.step(batch, step: 0, after: &state, engine)
    var squares = 0.0
    model.forEachWeights { _, weights in
      for number in weights.gradient { squares += Double(number) * Double(number) }
    }
    let norm = squares.squareRoot()
    func total(_ distance: Double) throws -> Double {
      var moved = model
      moved.forEachWeights { _, weights in
        for place in weights.values.indices {
          weights.values[place] += Float(distance / norm) * weights.gradient[place]
        }
      }
      return try moved.step(batch, step: 0, after: &state, engine).total
    }
    let step = 1.0 / 256
    let slope = try (total(step) - total(-step)) / (2 * step)
    let difference = abs(slope - norm)
    #expect(difference < 0.01 * norm, "\(slope), \(norm)")
  }
}
