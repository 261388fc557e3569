import LossKit
import TestSupport
import Testing

/// The whole objective against the reference implementations, on recorded samples.
///
/// Assignments must be identical; losses agree to 1e-5 relative, gradients to 1e-5 of the largest.
struct ReferenceObjectiveTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let file: String
    let recipe: String
    var testDescription: String { file }
  }

  static let cases = [
    Case(file: "objective_torchvision", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_torchvision_empty", recipe: "faster_rcnn_torchvision"),
    Case(file: "objective_tf", recipe: "faster_rcnn_tf"),
    Case(file: "objective_tf_zero_overlap", recipe: "faster_rcnn_tf"),
    Case(file: "objective_pytorch", recipe: "faster_rcnn_pytorch"),
    Case(file: "objective_retinanet", recipe: "retinanet_torchvision"),
    Case(file: "objective_retinanet_empty", recipe: "retinanet_torchvision"),
    Case(file: "objective_retinanet_mmdet", recipe: "retinanet_mmdet"),
    Case(file: "objective_retinanet_mmdet_empty", recipe: "retinanet_mmdet"),
    Case(file: "objective_retinanet_detectron2", recipe: "retinanet_detectron2"),
    Case(file: "objective_retinanet_detectron2_empty", recipe: "retinanet_detectron2"),
    Case(file: "objective_fcos", recipe: "fcos_torchvision"),
    Case(file: "objective_fcos_empty", recipe: "fcos_torchvision"),
    Case(file: "objective_fcos_mmdet", recipe: "fcos_mmdet"),
    Case(file: "objective_fcos_mmdet_empty", recipe: "fcos_mmdet"),
    Case(file: "objective_fcos_mmdet_tuned", recipe: "fcos_mmdet_tuned"),
    Case(file: "objective_fcos_mmdet_tuned_empty", recipe: "fcos_mmdet_tuned"),
    Case(file: "objective_atss", recipe: "atss"),
    Case(file: "objective_atss_empty", recipe: "atss"),
    Case(file: "objective_atss_padded", recipe: "atss"),
  ]

  @Test(arguments: cases)
  func `priors, assignments and box targets are those of the reference`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let targets = try objective.targets(
      for: try DetectionBatch(file), predictions: try file.predictions(objective.predictionNames))
    let priors = try file.floats(named: "expected/\(targets[0].stage).priors")
    // mmdetection rounds its octaves before it lays them out; the others' sides are whole numbers.
    let rounding: Float = `case`.recipe.hasPrefix("retinanet_") ? 2e-7 : 0
    let made = targets[0].images[0].priors.boxes.flatMap(\.coordinates)
    #expect(made.count == priors.elements.count)
    #expect(zip(made, priors.elements).allSatisfy { abs($0 - $1) <= rounding * max(16, abs($1)) })

    for stage in targets {
      let expected = try file.integers(named: "expected/\(stage.stage).assigned").elements
      #expect(stage.images.flatMap { $0.assignment.matches.map(Int.init) } == expected)

      let boxTargets = try file.floats(named: "expected/\(stage.stage).box_targets").elements
      var start = 0
      for image in stage.images {
        #expect(!image.sampled.isEmpty)
        for (prior, target) in zip(image.positives, image.boxTargets) {
          for column in 0..<4 {
            let wanted = boxTargets[(start + prior) * 4 + column]
            #expect(abs(target[column] - wanted) <= 2e-6 * max(1, abs(wanted)))
          }
        }
        start += image.priors.count
      }
    }
  }

  @Test(arguments: cases)
  func `losses and gradients are those of the reference`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let result = try objective.evaluate(
      predictions,
      against: try objective.targets(for: try DetectionBatch(file), predictions: predictions))

    #expect(result.terms.map(\.name) == objective.stages.flatMap { $0.terms.map(\.name) })
    for term in result.terms {
      let expected = try file.doubles(named: "expected/\(term.name)").elements[0]
      #expect(abs(term.value - expected) <= 1e-5 * abs(expected), "\(term.name)")
    }
    #expect(Set(result.gradients.keys) == Set(objective.predictionNames))
    for (name, gradient) in result.gradients {
      let expected = try file.floats(named: "expected/gradient.\(name)")
      #expect(gradient.shape == expected.shape)
      let largest = expected.elements.map(abs).max() ?? 0
      let error = zip(gradient.elements, expected.elements).map { abs($0 - $1) }.max() ?? 0
      // A level whose anchors match nothing has no gradient by its boxes.
      #expect(largest > 0 || gradient.elements.allSatisfy { $0 == 0 }, "\(name)")
      #expect(error <= 1e-5 * largest, "\(name)")
    }
  }

  @Test(arguments: cases.filter { $0.recipe == "retinanet_detectron2" })
  func `a second step is divided by the running mean of both`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let targets = try objective.targets(for: try DetectionBatch(file), predictions: predictions)
    let first = try objective.evaluate(predictions, against: targets)
    let second = try objective.evaluate(predictions, against: targets, after: first.state)
    #expect(second.state != first.state)
    for term in second.terms {
      let expected = try file.doubles(named: "expected/second.\(term.name)").elements[0]
      #expect(abs(term.value - expected) <= 1e-5 * abs(expected), "\(term.name)")
    }
    let again = try objective.evaluate(predictions, against: targets)
    #expect(again.total == first.total, "nothing is kept but in the state")
  }

  @Test(arguments: cases)
  func `the bits are the same on every number of threads`(case: Case) throws {
    let (file, objective) = try load(`case`)
    let predictions = try file.predictions(objective.predictionNames)
    let targets = try objective.targets(for: try DetectionBatch(file), predictions: predictions)
    let one = try objective.evaluate(predictions, against: targets, workers: Workers(1))
    for count in [2, 3] {
      let other = try objective.evaluate(predictions, against: targets, workers: Workers(count))
      #expect(other.total.bitPattern == one.total.bitPattern)
      #expect(other.gradients == one.gradients)
    }
  }

  private func load(_ case: Case) throws -> (SafetensorsFile, DetectionObjective) {
    let file = try Reference.open(`case`.file)
    // RetinaNet takes every anchor, and nothing was drawn.
    let recorded = try ["rpn", "rcnn"].filter { file.names.contains("\($0).sampled") }.map {
      try JSONSetting(parsing: "stages.\($0).sampler=recorded")
    }
    let recipe = try DetectionRecipe(
      contentsOf: Reference.path("Configs/recipes/\(`case`.recipe).json"), settings: recorded,
      registry: try Registry.builtIn())
    return (file, recipe.objective)
  }
}
